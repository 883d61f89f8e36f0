"""Rows for tests: each function makes one valid row, with what matters said by the caller."""

from __future__ import annotations

from datetime import datetime, timedelta
from itertools import count
from typing import Any

from django.contrib.auth.models import User
from django.utils import timezone

from reconciler.ids import pair_subject
from reconciler.models import (
    Attempt,
    Cause,
    Finding,
    ListState,
    Membership,
    Order,
    OrderItem,
    OrderLookup,
    OrderStatusEvent,
    OrderWorkflow,
    Outcome,
    Reservation,
    ReservationItem,
    Role,
    Sku,
    State,
    StockBalance,
    StockChange,
    ValueKind,
    Verb,
    VtexAccount,
    Warehouse,
)

_numbers = count(1)


def ago(**span: float) -> datetime:
    return timezone.now() - timedelta(**span)


def account(name: str = "luxstore", **fields: Any) -> VtexAccount:
    return VtexAccount.objects.get_or_create(name=name, defaults={"currency": "BRL", **fields})[0]


def user(name: str = "merchant", *roles: Role, store: VtexAccount | None = None) -> User:
    """A user who holds `roles` in `store`; without a store, a member of none."""
    person, created = User.objects.get_or_create(username=name)
    if created:
        person.set_unusable_password()
        person.save()
    for role in roles:
        Membership.objects.get_or_create(user=person, account=store or account(), role=role)
    return person


def warehouse(store: VtexAccount, warehouse_id: str = "cd_sp", **fields: Any) -> Warehouse:
    defaults = {"name": f"Warehouse {warehouse_id}", "read_at": timezone.now(), **fields}
    return Warehouse.objects.get_or_create(account=store, warehouse_id=warehouse_id, defaults=defaults)[0]


def sku(store: VtexAccount, sku_id: str = "0123", **fields: Any) -> Sku:
    defaults = {"name": f"Thing {sku_id}", "first_seen_at": ago(days=90), **fields}
    return Sku.objects.get_or_create(account=store, sku_id=sku_id, defaults=defaults)[0]


def balance(
    store: VtexAccount, sku_id: str = "0123", warehouse_id: str = "cd_sp", **fields: Any
) -> StockBalance:
    now = timezone.now()
    defaults = {
        "total": 2, "reserved": 2, "first_seen_at": ago(days=90), "read_at": now, "list_state": ListState.OK,
        "list_read_at": now, "list_tried_at": now, **fields,
    }  # fmt: skip
    sku(store, sku_id)
    warehouse(store, warehouse_id)
    return StockBalance.objects.get_or_create(
        account=store, sku_id=sku_id, warehouse_id=warehouse_id, defaults=defaults
    )[0]


def stock_change(of: StockBalance, before: int, after: int, **fields: Any) -> StockChange:
    given = {"at": ago(days=2), "reserved_before": of.reserved, "reserved_after": of.reserved, **fields}
    return StockChange.objects.create(balance=of, total_before=before, total_after=after, **given)


def order(store: VtexAccount, order_id: str = "", status: str = "invoiced", **fields: Any) -> Order:
    number = next(_numbers)
    order_id = order_id or f"v7142{number:04d}lux-01"
    given = {
        "order_group": order_id.rsplit("-", 1)[0], "sequence": str(500000 + number),
        "seller_order_id": f"00-{order_id}", "created_at": ago(days=20), "last_change_at": ago(days=12),
        "invoiced_at": ago(days=12) if status == "invoiced" else None,
        "canceled_at": ago(days=12) if status == "canceled" else None,
        "first_seen_at": ago(days=20), "read_at": timezone.now(), "history_read_at": timezone.now(),
        "currency": store.currency, "value_cents": 19980, **fields,
    }  # fmt: skip
    return Order.objects.create(account=store, order_id=order_id, status=status, **given)


def history(of: Order, *steps: str, instance: str = "Fulfillment", days_ago: float = 20) -> None:
    """The steps, six hours apart, as the order document tells them."""
    for index, step in enumerate(steps):
        OrderStatusEvent.objects.create(
            order=of, instance=instance, step=step, at=ago(days=days_ago) + timedelta(hours=6 * index),
            source=OrderStatusEvent.Source.DOCUMENT, first_seen_at=timezone.now(),
        )  # fmt: skip


def workflow(
    of: Order, instance: str = "Fulfillment", step: str = "invoiced", **fields: Any
) -> OrderWorkflow:
    return OrderWorkflow.objects.create(
        order=of, instance=instance, current_step=step, read_at=timezone.now(), **fields
    )


def order_item(of: Order, sku_id: str = "0123", quantity: int = 2, **fields: Any) -> OrderItem:
    given = {
        "index": of.items.count(), "lock_id": f"00-{of.order_id}", "seller_id": "1",
        "name": f"Thing {sku_id}", "price_cents": 9990, **fields,
    }  # fmt: skip
    return OrderItem.objects.create(order=of, sku_id=sku_id, quantity=quantity, **given)


def reservation(store: VtexAccount, lock_id: str = "", of: Order | None = None, **fields: Any) -> Reservation:
    lock_id = lock_id or (f"00-{of.order_id}" if of else f"00-v7199{next(_numbers):04d}lux-01")
    given = {
        "order_lookup": OrderLookup.FOUND if of else OrderLookup.NOT_LOOKED, "reserved_at": ago(days=20),
        "confirmed_at": ago(days=19.8), "first_seen_at": ago(days=20), "listed_at": timezone.now(),
        "status_code": 2, "status_read_at": timezone.now(), **fields,
    }  # fmt: skip
    return Reservation.objects.create(account=store, lock_id=lock_id, order=of, **given)


def held(of: Reservation, quantity: int = 2, sku_id: str = "0123", warehouse_id: str = "cd_sp",
         **fields: Any) -> ReservationItem:  # fmt: skip
    given = {"status": "Confirmed", "first_seen_at": ago(days=20), "read_at": timezone.now(), **fields}
    balance(of.account, sku_id, warehouse_id)
    return ReservationItem.objects.create(
        account=of.account, reservation=of, sku_id=sku_id, warehouse_id=warehouse_id, quantity=quantity,
        **given,
    )  # fmt: skip


def finding(store: VtexAccount, cause: Cause = Cause.HANDLING_SKIPPED, *, on: Reservation | None = None,
            of: Order | None = None, pair: StockBalance | None = None, **fields: Any) -> Finding:  # fmt: skip
    """A confirmed finding on a reservation (whose order it carries), an order or a balance."""
    items = [
        {"sku": item.sku_id, "warehouse": item.warehouse_id, "quantity": item.quantity}
        for item in (on.items.all() if on else [])
    ]
    units = sum(item["quantity"] for item in items)
    untold = cause == Cause.COULD_NOT_TELL
    subject = on.lock_id if on else of.order_id if of else pair_subject(pair.sku_id, pair.warehouse_id)  # type: ignore[union-attr]
    given = {
        "remedy": "cancel_reservation", "since": ago(days=12), "due_at": ago(days=10.5),
        "facts_read_at": timezone.now(), "confirmed_at": None if untold else ago(days=10), "items": items,
        "units": units, "value_cents": units * 9990, "currency": store.currency,
        "value_kind": ValueKind.NONE if untold else ValueKind.HELD,
        "opened_at": ago(days=12), "updated_at": timezone.now(), **fields,
    }  # fmt: skip
    return Finding.objects.create(
        account=store, subject=subject, cause=cause, reservation=on, order=of or (on.order if on else None),
        balance=pair, **given,
    )  # fmt: skip


def attempt(store: VtexAccount, verb: Verb = Verb.CANCEL, subject: str = "", **fields: Any) -> Attempt:
    number = next(_numbers)
    given = {
        "token_digest": f"{number:064x}", "actor": "support", "role": "operator",
        "reason": "Order was invoiced", "state": State.DONE, "outcome": Outcome.VERIFIED,
        "created_at": ago(hours=5), "finished_at": ago(hours=5), **fields,
    }  # fmt: skip
    return Attempt.objects.create(account=store, verb=verb, subject=subject or f"00-x{number}", **given)


def stuck(
    store: VtexAccount, number: int = 0, cause: Cause = Cause.HANDLING_SKIPPED, **fields: Any
) -> Finding:
    """A whole case: an invoiced order that skipped handling, its reservation, two units, and the finding."""
    bought = order(store, f"v{71425000 + number}lux-01" if number else "")
    history(bought, "payment-approved", "ready-for-handling", "cancellation-requested", "invoice", "invoiced")
    order_item(bought, f"{100 + number}")
    line = {"sku": f"{100 + number}", "warehouse": "cd_sp", "quantity": 2, "supply_lot": None}
    lock = reservation(store, of=bought, requested=[line])
    held(lock, sku_id=line["sku"])
    return finding(store, cause, on=lock, **fields)
