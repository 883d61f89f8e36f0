"""What rules and causes are called."""

from __future__ import annotations

from django.utils.translation import gettext as _

from reconciler.diagnosis import wording


def cause_title(cause: str) -> str:
    """ "" stands for all that count as stuck."""
    return str(wording.title(cause)) if cause else _("All that is stuck")
