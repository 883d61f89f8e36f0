"""Which worker processes there are, as they say themselves."""

from __future__ import annotations

import os
import socket
from datetime import datetime, timedelta

from django.utils import timezone

from reconciler.models import Worker

SILENT_AFTER = timedelta(seconds=60)
"""A worker that has not been heard of for so long is gone. It says itself every five seconds; on a machine
that is out of breath, now and then later.
"""
FORGET_AFTER = timedelta(days=1)


def beat(lanes: int) -> None:
    """This process is at work."""
    now = timezone.now()
    said = {"lanes": lanes, "heartbeat_at": now, "left_at": None}
    Worker.objects.update_or_create(
        host=socket.gethostname(),
        pid=os.getpid(),
        defaults=said,
        create_defaults={**said, "started_at": now},
    )
    Worker.objects.filter(heartbeat_at__lt=now - FORGET_AFTER).delete()


def leave() -> None:
    """This process ends. Its row stays for a day: it tells since when nobody is at work."""
    now = timezone.now()
    Worker.objects.filter(host=socket.gethostname(), pid=os.getpid()).update(heartbeat_at=now, left_at=now)


def running(now: datetime) -> list[Worker]:
    """The workers heard of lately."""
    return list(Worker.objects.filter(left_at=None, heartbeat_at__gte=now - SILENT_AFTER))


def is_running(worker: Worker, now: datetime) -> bool:
    return worker.left_at is None and worker.heartbeat_at >= now - SILENT_AFTER
