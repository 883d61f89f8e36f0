"""Pure rules: facts and `now` in, verdicts out. No Django, no I/O (design section 6)."""

from reconciler.diagnosis.rules.balance import diagnose_pair
from reconciler.diagnosis.rules.lock import diagnose_lock

__all__ = ["diagnose_lock", "diagnose_pair"]
