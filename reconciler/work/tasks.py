"""The one message that a queue carries: there is work."""

from __future__ import annotations

import structlog
from django.conf import settings
from django.utils.module_loading import import_string
from django_tasks import task

from reconciler.work import stopping
from reconciler.work.batch import DATABASE_TROUBLE
from reconciler.work.handlers import shared
from reconciler.work.pump import Pump

log = structlog.get_logger(__name__)


@task()
def there_is_work() -> None:
    """Does what is ready until nothing is, or for WORK_TASK_SECONDS; then the rest by another message.

    For processes of the queue's own (`rqworker`, `db_worker`): `worker` only rings when the message comes.
    What has a lane of its own is left to `worker`, which has one for it.
    """
    with stopping.after(settings.WORK_TASK_SECONDS) as over:
        try:
            Pump(shared(import_string(settings.WORK_HANDLERS))).run_until_idle(lanes=settings.WORK_LANES)
        except DATABASE_TROUBLE as error:
            log.warning("work left to others", reason=str(error)[:200])
    if over.is_set():
        there_is_work.enqueue()
