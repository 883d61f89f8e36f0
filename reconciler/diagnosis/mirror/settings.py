"""The graces of design section 6 as this installation sets them."""

from __future__ import annotations

from datetime import timedelta

from django.conf import settings

from reconciler.diagnosis.cases import Graces


def graces() -> Graces:
    return Graces(
        stuck=timedelta(hours=settings.STUCK_GRACE_HOURS),
        handling=timedelta(hours=settings.HANDLING_GRACE_HOURS),
        workflow=timedelta(hours=settings.WORKFLOW_GRACE_HOURS),
        abandoned=timedelta(days=settings.ABANDONED_GRACE_DAYS),
        missing_order=timedelta(days=settings.MISSING_ORDER_DAYS),
        mismatch=timedelta(minutes=settings.MISMATCH_CONFIRM_MINUTES),
    )
