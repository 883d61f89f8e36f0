"""The benchmarks' settings, with Django's admin: mounted here and nowhere else."""

from tests.bench.settings import *  # noqa: F403

INSTALLED_APPS = [*INSTALLED_APPS, "django.contrib.admin", "tests.bench.site.apps.Site"]  # noqa: F405
ROOT_URLCONF = "tests.bench.site.urls"
