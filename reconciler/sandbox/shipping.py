"""Goods leave the shelf, invoices are sent (F3.3)."""

from .account import Account
from .clock import DAY
from .orders import BOTH, MARKETPLACE, OVER, hang, move
from .state import Event, LockItem, Order, Package


def ship(account: Account, event: Event) -> None:
    """The goods leave the shelf and the store sends its invoice."""
    order = account.orders[event.subject]
    if order.status in OVER:
        return
    partial = order.fate == "partial" and order.status == "handling"
    send(account, order, partial=partial)
    if partial:
        order.invoiced_at = order.last_change = account.now
        order.fate = "partial_rest"
        if account.chance("partial", order.id).random() < 0.5:
            move(account, order, "payment-approved", on=(MARKETPLACE,))
        account.schedule(account.now + 2 * DAY, "ship", order.id)
        return
    if order.fate == "skip_request":
        move(account, order, "cancellation-requested")
        move(account, order, "invoice-after-cancellation-deny")
    invoice(account, order)


def send(account: Account, order: Order, *, partial: bool = False) -> None:
    """Units leave the shelf: all that still have to, or the first half of them; a package is written."""
    number = f"{account.next_number('invoice'):06d}"
    shipped = order.lines[:1] if partial else order.lines
    items = [
        (order.lines.index(line), max(1, line.quantity // 2) if partial else line.quantity)
        for line in shipped
    ]
    order.packages.append(Package(number=number, issued=account.now, items=items))
    for lock in account.locks_of(order):
        for item in lock.items[:1] if partial else lock.items:
            take_from_shelf(account, item, max(1, item.to_ship // 2) if partial else item.to_ship)
    order.shipped_at = account.now


def take_from_shelf(account: Account, item: LockItem, units: int) -> None:
    units = min(units, item.to_ship)
    item.to_ship -= units
    item.left += units
    account.pairs[item.sku, item.warehouse].on_shelf -= units


def invoice(account: Account, order: Order) -> None:
    on = (MARKETPLACE,) if order.fate == "disagree" else BOTH
    move(account, order, "invoice", on=on)
    if order.fate == "hang_invoice":
        hang(account, order)
        return
    account.schedule(account.now + 6, "invoiced", order.id)


def invoiced(account: Account, event: Event) -> None:
    order = account.orders[event.subject]
    move(account, order, "invoiced", on=(MARKETPLACE,) if order.fate == "disagree" else BOTH)
    order.invoiced_at = account.now
