"""The product's settings, with work of the tests' own."""

from inventory_admin.settings import *  # noqa: F403

WORK_HANDLERS = "tests.work.jobs.HANDLERS"
WORK_TICKS = "tests.work.jobs.TICKS"
