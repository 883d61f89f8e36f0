"""Messages in the database, as django-tasks-db keeps them."""

from __future__ import annotations

from datetime import timedelta

from django.conf import settings
from django.db.models import QuerySet
from django.utils import timezone
from django_tasks import TaskResultStatus
from django_tasks_db.models import DBTaskResult

from reconciler.work import stopping

KEPT = timedelta(hours=1)


class Inbox:
    """Taking a message deletes it. What `db_worker` took is deleted when it is old."""

    def waiting(self) -> int:
        return self._ready().count()

    def take(self, seconds: int) -> bool:
        stopping.asked.wait(settings.WORK_POLL_SECONDS)
        ready = self._ready()
        old = self._messages().filter(enqueued_at__lt=timezone.now() - KEPT)
        if old.exists():
            old.delete()
        return ready.exists() and ready.delete()[0] > 0

    def check(self) -> None:
        self._messages().exists()

    def _ready(self) -> QuerySet[DBTaskResult]:
        return self._messages().filter(status=TaskResultStatus.READY)

    def _messages(self) -> QuerySet[DBTaskResult]:
        return DBTaskResult.objects.order_by().filter(task_path=settings.WORK_TASK)
