"""The audit trail: append-only, hash-chained per store. `record.record` is the only writer."""

from reconciler.audit.actor import SYSTEM, Actor
from reconciler.audit.chain_names import INSTALLATION

__all__ = ["INSTALLATION", "SYSTEM", "Actor"]
