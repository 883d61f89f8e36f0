"""Settings of a worker that learns of changes by the feed alone, so that no other reading makes up for it."""

from inventory_admin.settings import *  # noqa: F403

WORK_HANDLERS, WORK_TICKS = "tests.sync.feed_jobs.HANDLERS", "tests.sync.feed_jobs.TICKS"
