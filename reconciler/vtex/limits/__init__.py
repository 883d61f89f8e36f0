"""Politeness towards VTEX: one budget per account, pauses after a 429, breakers (F2)."""

from reconciler.vtex.limits.budget import Budget, LocalBudget, grant
from reconciler.vtex.limits.families import Family, Host, Priority
from reconciler.vtex.limits.gates import Gates, LocalGates
from reconciler.vtex.limits.limiter import Limiter, PoliteLimiter, family_gate, host_gate
from reconciler.vtex.limits.settings import LimitSettings
from reconciler.vtex.limits.wallet import Wallet

__all__ = [
    "Budget",
    "Family",
    "Gates",
    "Host",
    "LimitSettings",
    "Limiter",
    "LocalBudget",
    "LocalGates",
    "PoliteLimiter",
    "Priority",
    "Wallet",
    "family_gate",
    "grant",
    "host_gate",
]
