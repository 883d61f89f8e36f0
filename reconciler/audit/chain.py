"""Does a chain hold? Reads it entry by entry, so memory does not grow with its length."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from reconciler.audit.body import digest, moment
from reconciler.models import AuditEntry, AuditHead

COMPARED = ("actor", "action", "subject", "outcome", "cause", "ticket", "attempt_id")
FAULTS = ("gap", "changed", "unlinked", "columns", "tail", "beyond_head", "head_missing", "anchor")


@dataclass(frozen=True, kw_only=True)
class Verification:
    """What verifying one chain found: the first sequence that does not hold, and which of FAULTS it shows.

    `sequence` and `hash` are the head: noted outside, they prove later that nothing before was rewritten.
    """

    chain: str
    entries: int
    sequence: int
    hash: str
    broken_at: int | None = None
    fault: str = ""

    @property
    def holds(self) -> bool:
        return self.broken_at is None


@dataclass(frozen=True, kw_only=True)
class Anchor:
    """A head noted earlier outside the database, as an export or a verification named it."""

    sequence: int
    hash: str


def chains() -> list[str]:
    """Every chain that has a head or an entry, by name."""
    heads = AuditHead.objects.values_list("chain", flat=True)
    entries = AuditEntry.objects.order_by().values_list("chain", flat=True).distinct()
    return sorted({*heads, *entries})


def verify(chain: str, anchor: Anchor | None = None) -> Verification:
    """Checks links, hashes, numbers, columns against bodies, and the head; entries may come in meanwhile."""
    head = AuditHead.objects.filter(chain=chain).first()
    walk = _Walk(anchor)
    fault = next((fault for entry in _entries(chain, head) if (fault := walk.step(entry))), "")
    if head is None:
        head = AuditHead(chain=chain)
        fault = fault or ("head_missing" if walk.count else "")
    fault = fault or _at_the_end(walk, head, anchor)
    return Verification(
        chain=chain,
        entries=walk.count,
        sequence=head.sequence,
        hash=head.hash,
        broken_at=walk.expected if fault else None,
        fault=fault,
    )


class _Walk:
    """Follows the chain; `expected` is the sequence that has to come next."""

    def __init__(self, anchor: Anchor | None) -> None:
        self.expected = 1
        self.hash = ""
        self.count = 0
        self.anchor = anchor

    def step(self, entry: AuditEntry) -> str:
        fault = self._fault(entry)
        if not fault:
            self.expected, self.hash, self.count = entry.sequence + 1, entry.hash, self.count + 1
        return fault

    def _fault(self, entry: AuditEntry) -> str:
        if entry.sequence != self.expected:
            return "gap"
        if entry.previous_hash != self.hash:
            return "unlinked"
        if entry.hash != digest(entry.previous_hash, entry.body):
            return "changed"
        if not _columns_agree(entry):
            return "columns"
        if self.anchor and self.anchor.sequence == entry.sequence and self.anchor.hash != entry.hash:
            return "anchor"
        return ""


def _entries(chain: str, head: AuditHead | None) -> Iterator[AuditEntry]:
    rows = AuditEntry.objects.filter(chain=chain).order_by("sequence")
    if head is not None:
        rows = rows.filter(sequence__lte=head.sequence)
    return rows.iterator(chunk_size=500)


def _at_the_end(walk: _Walk, head: AuditHead, anchor: Anchor | None) -> str:
    if walk.expected <= head.sequence:
        return "tail"
    if walk.hash != head.hash:
        walk.expected = max(head.sequence, 1)
        return "changed"
    if anchor and anchor.sequence > head.sequence:
        return "anchor"
    return "beyond_head" if _reaches_beyond_head(head.chain) else ""


def _reaches_beyond_head(chain: str) -> bool:
    """The highest entry is read before the head: whatever came in meanwhile is not above that head."""
    entries = AuditEntry.objects.filter(chain=chain).order_by("-sequence")
    highest = entries.values_list("sequence", flat=True).first() or 0
    head = AuditHead.objects.filter(chain=chain).values_list("sequence", flat=True).first() or 0
    return highest > head


def _columns_agree(entry: AuditEntry) -> bool:
    try:
        body: dict[str, Any] = json.loads(entry.body)
    except ValueError:
        return False
    links = (entry.chain, entry.sequence, entry.previous_hash, moment(entry.at))
    if links != tuple(body.get(name) for name in ("chain", "sequence", "previous_hash", "at")):
        return False
    return all(getattr(entry, name) == body.get(name) for name in COMPARED)
