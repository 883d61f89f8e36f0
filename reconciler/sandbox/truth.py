"""What is really the matter with each reservation, order and pair: from what happened to the goods.

An entry:
    "subject"        lock | order | pair
    "lock_id", "order_id"
    "cause"          the due cause, or null; "pending_cause": the same while its grace is not over
    "since"          ISO time or null
    "unreadable"     forbidden | too_old | too_young | pair, or null: nobody could tell by reading VTEX
    "items"          [{"sku", "warehouse", "quantity"}] held now
    "exempt_items"   those held of unlimited pairs and supply lots
    "acknowledged", "left", "to_ship", "fate"
Every lock that holds something has an entry, with one of the seven causes of stuck stock or null. An order
has one for workflow_stuck, handling_overdue and handling_abandoned, its locks then say null; a pair has one
for balance_mismatch.
"""

from .account import Account
from .clock import DAY, HOUR
from .shapes.dates import utc
from .state import CONFIRMED, Lock, LockItem, Order, Pair

GRACE = {
    "workflow_stuck": 24 * HOUR,
    "handling_overdue": 48 * HOUR,
    "handling_abandoned": 14 * DAY,
    "balance_mismatch": 36 * HOUR,
}
STUCK_GRACE = 36 * HOUR
MISSING_AFTER = 12 * DAY
KEPT = 2 * 365 * DAY
Known = tuple[str | None, float | None]


def entries(account: Account) -> list[dict[str, object]]:
    found = [_lock_entry(account, lock) for lock in account.locks.values() if _holds(lock)]
    found += [entry for order in account.orders.values() for entry in _order_entries(account, order)]
    found += [entry for pair in account.pairs.values() for entry in _pair_entries(account, pair)]
    return found


def _holds(lock: Lock) -> bool:
    return any(item.holding or item.phantom for item in lock.items)


def _lock_entry(account: Account, lock: Lock) -> dict[str, object]:
    held = [item for item in lock.items if item.holding or item.phantom]
    counted = [item for item in held if not _exempt(account, item)]
    order = account.orders.get(lock.order_id or "")
    unreadable = _unreadable(account, lock, order, held)
    cause, since = (None, None) if unreadable or not counted else _matter(account, lock, order, counted)
    return {
        "subject": "lock",
        "lock_id": lock.id,
        "order_id": lock.order_id,
        **_dated(account, cause, since),
        "unreadable": unreadable,
        "items": [_shown(item) for item in counted],
        "exempt_items": [_shown(item) for item in held if _exempt(account, item)],
        "acknowledged": lock.acknowledged_at is not None,
        "left": sum(item.left for item in lock.items),
        "to_ship": sum(item.to_ship for item in lock.items),
        "fate": order.fate if order else "no_order",
    }


def _dated(account: Account, cause: str | None, since: float | None) -> dict[str, object]:
    """The cause where it stands once its grace is over, and where it stands before."""
    grace = GRACE.get(cause or "", STUCK_GRACE)
    due = cause is not None and (since is None or since + grace <= account.now)
    return {
        "cause": cause if due else None,
        "pending_cause": None if due else cause,
        "since": None if since is None else utc(since),
    }


def _shown(item: LockItem) -> dict[str, object]:
    return {"sku": item.sku, "warehouse": item.warehouse, "quantity": item.quantity}


def _exempt(account: Account, item: LockItem) -> bool:
    return item.lot is not None or account.pairs[item.sku, item.warehouse].unlimited


def _unreadable(account: Account, lock: Lock, order: Order | None, held: list[LockItem]) -> str | None:
    if any(account.pairs[item.sku, item.warehouse].answers != "ok" for item in held):
        return "pair"
    if account.now - lock.created > KEPT:
        return "too_old"
    if order is None and account.now - lock.created <= MISSING_AFTER:
        return "too_young"
    return "forbidden" if order is not None and order.forbidden else None


def _matter(account: Account, lock: Lock, order: Order | None, held: list[LockItem]) -> Known:
    """Why units are held though none has to leave any more; (None, None) while they do their job."""
    if order is None:
        return "order_missing", None
    if lock.superseded:
        return "lock_superseded", None
    if order.hangs_since is not None:
        return None, None
    if any(item.phantom for item in held):
        return _phantom(account, lock, held)
    if order.canceled_at is not None:
        return "order_canceled", order.canceled_at
    if lock.status != CONFIRMED and lock.max_confirmation <= account.now:
        return "authorization_expired", lock.max_confirmation
    gone = sum(item.to_ship for item in held) == 0
    if gone and order.invoiced_at is not None and order.status == "invoiced":
        return _gone(lock, order.invoiced_at)
    return None, None


def _gone(lock: Lock, invoiced_at: float) -> Known:
    if lock.acknowledged_at is not None:
        return "count_not_updated", max(invoiced_at, lock.acknowledged_at)
    return "handling_skipped", invoiced_at


def _phantom(account: Account, lock: Lock, held: list[LockItem]) -> Known:
    """Only one phantom of a pair without other faults can be told by its numbers; the rest is the pair's
    mismatch.
    """
    alone = all(
        _phantoms(account, item) == 1 and account.pairs[item.sku, item.warehouse].drift == 0 for item in held
    )
    return ("cancel_incomplete", lock.canceled_at) if alone else (None, None)


def _phantoms(account: Account, item: LockItem) -> int:
    return sum(1 for _, one in account.held[item.sku, item.warehouse] if one.phantom)


def _order_entries(account: Account, order: Order) -> list[dict[str, object]]:
    cause, since = _order_matter(order)
    if cause is None or order.forbidden or account.now - order.created > KEPT:
        return []
    held = [item for lock in account.locks_of(order) for item in lock.items if item.holding]
    entry = {
        "subject": "order",
        "lock_id": order.locks[0] if order.locks else None,
        "order_id": order.id,
        **_dated(account, cause, since),
        "unreadable": None,
        "items": [_shown(item) for item in held],
        "exempt_items": [],
        "acknowledged": any(lock.acknowledged_at is not None for lock in account.locks_of(order)),
        "left": sum(item.left for item in held),
        "to_ship": sum(item.to_ship for item in held),
        "fate": order.fate,
    }
    return [entry]


def _order_matter(order: Order) -> Known:
    if order.hangs_since is not None:
        return "workflow_stuck", order.hangs_since
    if order.status == "ready-for-handling":
        return "handling_overdue", order.history[-1][1]
    if order.status in ("handling", "ready-for-invoicing"):
        return "handling_abandoned", order.history[-1][1]
    return None, None


def _pair_entries(account: Account, pair: Pair) -> list[dict[str, object]]:
    phantoms = [item for _, item in account.held[pair.sku, pair.warehouse] if item.phantom]
    told_apart = len(phantoms) == 1 and pair.drift == 0
    if pair.unlimited or pair.answers != "ok" or told_apart or not (phantoms or pair.drift):
        return []
    off = pair.drift + sum(item.quantity for item in phantoms)
    entry: dict[str, object] = {
        "subject": "pair",
        "lock_id": None,
        "order_id": None,
        "cause": "balance_mismatch",
        "pending_cause": None,
        "since": None,
        "unreadable": None,
        "items": [{"sku": pair.sku, "warehouse": pair.warehouse, "quantity": off}],
        "exempt_items": [],
        "acknowledged": False,
        "left": 0,
        "to_ship": 0,
        "fate": None,
    }
    return [entry]
