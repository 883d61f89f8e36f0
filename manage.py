#!/usr/bin/env python3
"""Command line of Inventory Admin."""

import os
import sys

from django.conf import settings
from django.core.exceptions import ImproperlyConfigured
from django.core.management import execute_from_command_line

from inventory_admin import demo


def main() -> None:
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "inventory_admin.settings")
    if sys.argv[1:2] == ["demo"]:
        demo.prepare(os.environ)
    try:
        _ = settings.INSTALLED_APPS
        execute_from_command_line(sys.argv)
    except ImproperlyConfigured as error:
        sys.exit(f"manage.py: {error}")


if __name__ == "__main__":
    main()
