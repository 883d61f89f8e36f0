"""What one database engine needs to be append-only."""

from dataclasses import dataclass

ENTRIES = "reconciler_auditentry"
HEADS = "reconciler_audithead"


@dataclass(frozen=True)
class TriggerSet:
    """SQL statements; `standing` lists the names of the triggers that work, `names` those that must."""

    names: frozenset[str]
    create: tuple[str, ...]
    drop: tuple[str, ...]
    standing: str
