"""A long audit trail whose chain verifies: hashed as the product hashes, but inserted in bulk."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime
from random import Random

from reconciler.audit.body import canonical, digest, moment
from reconciler.models import AuditEntry, AuditHead
from tests.bench.generator.load import Loader
from tests.bench.generator.orders import order_name
from tests.bench.generator.shape import STORE, Shape, text

PEOPLE = ("merchant", "support", "night-shift", "auditor", "erp-team")
ACTED = (
    "reservation.cancel",
    "stock.count",
    "reservation.acknowledge",
    "order.start_handling",
    "stock.check",
)
OTHER = ("user.login", "stuck.export", "access.refused", "user.logout", "audit.verify")
CAUSES = ("handling_skipped", "order_canceled", "count_not_updated", "authorization_expired")


def write(loader: Loader, shape: Shape) -> Iterator[None]:
    """Two entries an action (requested, then its outcome), and every fifth entry something else."""
    heads = loader.table(AuditHead, "chain", "sequence", "hash")
    entries = loader.table(
        AuditEntry, "id", "chain", "sequence", "at", "actor", "action", "subject", "outcome", "cause",
        "ticket", "attempt_id", "body", "previous_hash", "hash",
    )  # fmt: skip
    chance, previous, every = Random(f"audit {shape.seed}"), "", 600 * 86400 / max(shape.audit, 1)
    subject, action, actor = "", "", ""
    for sequence in range(1, shape.audit + 1):
        second = int(shape.at - 600 * 86400 + sequence * every)
        part = sequence % 5
        if part in (1, 3):
            subject = f"00-{order_name(chance.randrange(shape.orders))}"
            action, actor = ACTED[sequence // 5 % 5], PEOPLE[chance.randrange(5)]
        acts = part != 0
        columns = {
            "actor": actor,
            "action": action if acts else OTHER[sequence // 5 % 5],
            "subject": subject if acts else STORE,
            "outcome": ("requested" if part in (1, 3) else "verified") if acts else "",
            "cause": CAUSES[sequence // 7 % 4] if acts else "",
            "ticket": f"TCK-{sequence // 2}" if acts else "",
            "attempt_id": None,
        }
        link = {"chain": STORE, "sequence": sequence, "previous_hash": previous}
        beside = {
            "role": "operator", "user_id": 1 + len(actor) % 5, "ip": "10.0.0.7",
            "request_id": f"{sequence:032x}", "reason": "Order was invoiced, shelf checked" if acts else "",
            "before": {"total": 5, "reserved": 2} if acts else None,
            "after": {"total": 5, "reserved": 0} if part in (2, 4) else None,
            "sent": None, "answer": {"status": 200} if part in (2, 4) else None,
        }  # fmt: skip
        body = canonical({**columns, **beside, **link, "at": moment(datetime.fromtimestamp(second, UTC))})
        chained = digest(previous, body)
        entries.rows.append(
            (sequence, STORE, sequence, text(second), *columns.values(), body, previous, chained)
        )
        previous = chained
        if not sequence % 5_000:
            yield
    if shape.audit:
        heads.rows.append((STORE, shape.audit, previous))
