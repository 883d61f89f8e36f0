"""Customers who go on buying what the store says is available."""

from . import stock
from .account import Account
from .clock import DAY, HOUR, MINUTE
from .lifecycle import place
from .orders import new_order
from .state import Event, Line, Order

FATES = (
    ["normal"] * 82 + ["canceled_early"] * 5 + ["unpaid"] * 4 + ["canceled_waiting"] * 3
    + ["canceled_handled"] * 3 + ["partial"] * 2 + ["flapping"]
)  # fmt: skip


def arrive(account: Account, event: Event) -> None:
    """One customer buys; the next comes by chance. `detail` is the kind of ERP that serves the order."""
    number = int(event.subject)
    chance = account.chance("customer", number)
    order = buy(account, number, event.detail)
    if order is not None:
        place(account, order, pay_after=chance.uniform(1, 90) * MINUTE)
    rate = max(account.settings.orders_per_day, 0.01)
    account.schedule(
        account.now + chance.expovariate(rate) * DAY + MINUTE, "arrive", str(number + 1), event.detail
    )


def buy(account: Account, number: int, erp: str) -> Order | None:
    """An order of one to three lines from what is for sale; None when the shop is empty."""
    chance = account.chance("basket", number)
    pairs = [
        pair for pair in account.pairs.values() if pair.restock_to and stock.available(account, pair) >= 3
    ]
    if not pairs:
        return None
    lines = []
    for pair in chance.sample(pairs, min(len(pairs), chance.choice((1, 1, 1, 2, 3)))):
        quantity = chance.choice((1, 1, 1, 2, 3))
        price = account.skus[pair.sku].price
        lines.append(Line(pair.sku, quantity, price, deliveries=[(pair.warehouse, quantity)]))
    order = new_order(account, lines)
    order.erp = erp
    order.fate = chance.choice(FATES)
    return order


def open_shop(account: Account, erp: str) -> None:
    """From now on customers come, served by that kind of ERP."""
    account.schedule(account.now + HOUR / 10, "arrive", "1", erp)


def buy_one(account: Account, sku: str, warehouse: str, quantity: int, fate: str) -> Order:
    """A customer buys exactly this, now."""
    order = new_order(
        account, [Line(sku, quantity, account.skus[sku].price, deliveries=[(warehouse, quantity)])]
    )
    order.fate = fate
    place(account, order)
    return order
