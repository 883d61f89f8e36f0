"""What a worker does for alerts: looks at a store's findings now and then, and hands messages over.

Messages have a lane of their own: whoever does not answer keeps nothing but other messages waiting.
"""

from __future__ import annotations

from datetime import timedelta

from django.conf import settings
from django.utils import timezone

from reconciler.alerts.deliver import deliver
from reconciler.alerts.evaluate import SEND, evaluate
from reconciler.models import AlertRule, VtexAccount, WorkUnit
from reconciler.work import units
from reconciler.work.handlers import Handler
from reconciler.work.ticks import Every

CHECK = "alert_check"
CHECK_PRIORITY = 2


def _check(account: VtexAccount, batch: list[WorkUnit]) -> None:
    evaluate(account, timezone.now())


def _want_check(account: VtexAccount) -> None:
    if AlertRule.objects.filter(account=account).exists():
        units.want(account, CHECK, [CHECK], priority=CHECK_PRIORITY)


HANDLERS = [Handler(CHECK, 1, _check), Handler(SEND, 1, deliver, lane="alerts")]
TICKS = [Every(CHECK, lambda: timedelta(seconds=settings.ALERT_CHECK_SECONDS), _want_check)]
