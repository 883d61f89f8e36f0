"""The door for gunicorn: `gunicorn inventory_admin.wsgi`."""

import os

from django.core.wsgi import get_wsgi_application
from django.urls import get_resolver

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "inventory_admin.settings")

application = get_wsgi_application()
get_resolver().url_patterns  # noqa: B018  imports every page now: the first request would wait a second for it
