"""Which worker processes there are, as they say themselves."""

from __future__ import annotations

import os
import socket
from datetime import datetime, timedelta

from django.utils import timezone

from reconciler.models import Worker

SILENT_AFTER = timedelta(seconds=30)
"""A worker that has not been heard of for so long is gone."""
FORGET_AFTER = timedelta(days=1)


def beat(lanes: int) -> None:
    """This process is at work."""
    now = timezone.now()
    Worker.objects.update_or_create(
        host=socket.gethostname(),
        pid=os.getpid(),
        defaults={"lanes": lanes, "heartbeat_at": now},
        create_defaults={"lanes": lanes, "heartbeat_at": now, "started_at": now},
    )
    Worker.objects.filter(heartbeat_at__lt=now - FORGET_AFTER).delete()


def leave() -> None:
    """This process ends."""
    Worker.objects.filter(host=socket.gethostname(), pid=os.getpid()).delete()


def running(now: datetime) -> list[Worker]:
    """The workers heard of lately."""
    return list(Worker.objects.filter(heartbeat_at__gte=now - SILENT_AFTER))
