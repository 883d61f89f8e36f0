"""Staff actions: one protocol for every verb (design section 7).

`preview` reads VTEX live and promises; `act` guards, claims, records, re-reads, sends once and verifies;
`settle` goes on by reading alone. Nothing here is ever sent twice.
"""

from reconciler.actions import wording
from reconciler.actions.errors import (
    ActionError,
    ActionForbidden,
    ActionRefused,
    InvalidEntries,
    VtexUnavailable,
)
from reconciler.actions.pause import pause, resume
from reconciler.actions.protocol import act, guard_from_mirror, preview
from reconciler.actions.releasing import release
from reconciler.actions.settling import settle, settle_due
from reconciler.actions.types import Guard, Hold, PairPreview, Preview

__all__ = [
    "ActionError", "ActionForbidden", "ActionRefused", "Guard", "Hold", "InvalidEntries", "PairPreview",
    "Preview", "VtexUnavailable", "act", "guard_from_mirror", "pause", "preview", "release", "resume",
    "settle", "settle_due", "wording",
]  # fmt: skip
