"""Brings a store that was generated before to the migrations of today."""

import django
from django.core.management import call_command
from django.db import connection

if __name__ == "__main__":
    django.setup()
    call_command("migrate", verbosity=0)
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE")
