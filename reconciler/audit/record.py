"""The only writer of the audit trail."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.db import models, transaction
from django.utils import timezone

from reconciler.audit.actor import Actor
from reconciler.audit.body import canonical, clean, digest, moment
from reconciler.audit.sentences import ACTIONS, OUTCOMES
from reconciler.models import AuditEntry, AuditHead

Data = Mapping[str, Any] | list[Any] | None


class UnregisteredActionError(ValueError):
    """An action or outcome that `audit.sentences` does not know cannot be recorded."""


def record(
    *,
    account: str,
    actor: Actor,
    action: str,
    subject: str = "",
    outcome: str = "",
    cause: str = "",
    reason: str = "",
    ticket: str = "",
    before: Data = None,
    after: Data = None,
    sent: Data = None,
    answer: Data = None,
    attempt_id: int | None = None,
) -> AuditEntry:
    """Appends one entry to the chain of a store (`account` is its name, "-" the installation's own chain).

    Joins the transaction at hand or makes its own. The chain's head stays locked until that transaction ends,
    so keep it short. Raises UnregisteredActionError, and TypeError for values that are no data.
    """
    if action not in ACTIONS or (outcome and outcome not in OUTCOMES):
        raise UnregisteredActionError(f"{action!r} with outcome {outcome!r} is not in audit.sentences")
    columns: dict[str, Any] = {
        "actor": _fitted("actor", actor.name),
        "action": action,
        "subject": _fitted("subject", subject),
        "outcome": outcome,
        "cause": _fitted("cause", cause),
        "ticket": _fitted("ticket", ticket),
        "attempt_id": attempt_id,
    }
    beside = {
        "role": clean(actor.role, 150),
        "user_id": actor.user_id,
        "ip": actor.ip,
        "request_id": clean(actor.request_id, 64),
        "reason": clean(reason, 1000),
        "before": before,
        "after": after,
        "sent": sent,
        "answer": answer,
    }
    with transaction.atomic(savepoint=False):
        return _append(_locked_head(account), columns, beside)


def _append(head: AuditHead, columns: dict[str, Any], beside: dict[str, Any]) -> AuditEntry:
    at = timezone.now()
    link = {"chain": head.chain, "sequence": head.sequence + 1, "previous_hash": head.hash}
    body = canonical({**columns, **beside, **link, "at": moment(at)})
    entry = AuditEntry.objects.create(**columns, **link, at=at, body=body, hash=digest(head.hash, body))
    head.sequence, head.hash = entry.sequence, entry.hash
    head.save(update_fields=["sequence", "hash"])
    return entry


def _locked_head(chain: str) -> AuditHead:
    """SQLite has no row locks: there the transaction began IMMEDIATE and holds the only write lock."""
    heads = AuditHead.objects.select_for_update()
    head = heads.filter(chain=chain).first()
    if head is None:
        AuditHead.objects.bulk_create([AuditHead(chain=chain)], ignore_conflicts=True)
        head = heads.get(chain=chain)
    return head


def _fitted(column: str, value: str) -> str:
    field = AuditEntry._meta.get_field(column)
    assert isinstance(field, models.CharField)
    assert field.max_length is not None
    return clean(value, field.max_length)
