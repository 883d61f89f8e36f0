"""Facts out of the mirror, in a fixed number of queries for any number of locks."""

from reconciler.diagnosis.mirror.cases import lock_cases, pair_cases
from reconciler.diagnosis.mirror.settings import graces
from reconciler.diagnosis.mirror.store import Store

__all__ = ["Store", "graces", "lock_cases", "pair_cases"]
