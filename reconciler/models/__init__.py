"""The mirror, the findings, the attempts and the audit trail. No VTEX payload is known here."""

from reconciler.models.accounts import Membership, Role, VtexAccount
from reconciler.models.alerts import (
    ALERT_CAUSES,
    AlertChannel,
    AlertDelivery,
    AlertRule,
    AlertSubscription,
    AlertWatch,
    Measure,
)
from reconciler.models.attempts import Attempt, Claim, Outcome, State, Verb
from reconciler.models.audit import AuditEntry, AuditHead
from reconciler.models.feed import EventSource, FeedConfig, FeedEvent
from reconciler.models.findings import ALSO_WRONG, STUCK_CAUSES, Cause, Finding, ValueKind
from reconciler.models.hook import HookTally
from reconciler.models.lookups import Prefix
from reconciler.models.orders import FINISHED, Order, OrderItem, OrderStatusEvent, OrderWorkflow
from reconciler.models.outside import OutsideChange, OutsideKind, OutsideWhy
from reconciler.models.reservations import OrderLookup, Reservation, ReservationItem
from reconciler.models.snapshots import Snapshot
from reconciler.models.stock import ListState, Sku, StockBalance, StockChange, Warehouse
from reconciler.models.sync import BackfillWindow, RequestBudget, SyncCursor, SyncKind, SyncRun
from reconciler.models.trend import TrendDay
from reconciler.models.usage import RequestUse
from reconciler.models.work import NEVER, Tick, Worker, WorkUnit

__all__ = [
    "ALERT_CAUSES", "ALSO_WRONG", "FINISHED", "NEVER", "STUCK_CAUSES", "AlertChannel", "AlertDelivery",
    "AlertRule", "AlertSubscription", "AlertWatch", "Attempt", "AuditEntry", "AuditHead",
    "BackfillWindow", "Cause", "Claim", "EventSource", "FeedConfig", "FeedEvent", "Finding", "HookTally",
    "ListState", "Measure", "Membership", "Order", "OrderItem", "OrderLookup", "OrderStatusEvent",
    "OrderWorkflow",
    "Outcome", "OutsideChange", "OutsideKind", "OutsideWhy",
    "Prefix", "RequestBudget", "RequestUse", "Reservation", "ReservationItem", "Role", "Sku",
    "Snapshot", "State", "StockBalance", "StockChange", "SyncCursor", "SyncKind", "SyncRun", "Tick",
    "TrendDay",
    "ValueKind", "Verb",
    "VtexAccount", "Warehouse", "WorkUnit", "Worker",
]  # fmt: skip
