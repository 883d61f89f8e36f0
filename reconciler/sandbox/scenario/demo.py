"""The demo store: two months of a pet shop, every cause of stuck stock beside its healthy look-alikes."""

from dataclasses import dataclass

from .. import catalogue, orders
from ..account import Account
from ..clock import DAY, HOUR, MINUTE
from ..customers import open_shop
from ..happenings import catch_up
from ..lifecycle import place
from ..state import Line, Order
from . import oddities
from .baskets import Places, basket, places
from .cases import ALL, DECISIVE, LEADS, Case
from .shops import open_counting

HISTORY_DAYS = 66
SELLER = "parceiropet"


@dataclass(frozen=True)
class Planned:
    """One case with its times, in seconds since 1970."""

    at: float
    decisive: float
    case: Case
    turn: int


def build(account: Account, now: float) -> None:
    _build(account, now, [(case, case.demo) for case in ALL], quiet=24, silent=5)


def build_small(account: Account, now: float) -> None:
    _build(account, now, [(case, case.small) for case in ALL], quiet=9, silent=3)


def _build(account: Account, now: float, wanted: list[tuple[Case, int]], *, quiet: int, silent: int) -> None:
    big = account.scenario == "demo"
    account.now = now - HISTORY_DAYS * DAY
    catalogue.stock_shelves(account, wide=big)
    catalogue.add_specials(account)
    found = places(account, now, quiet=quiet, silent=silent)
    open_counting(account)
    for planned in _plan(account, now, wanted):
        catch_up(account, planned.at)
        _play(account, planned, found)
    catch_up(account, now)
    oddities.add_ancient(account, found, 2 if big else 1)
    oddities.spoil_balances(account, found)
    oddities.skew_clocks(account, 3 if big else 1)
    oddities.sell_out(account, found, 7 if big else 2)
    open_shop(account, "good")


def _plan(account: Account, now: float, wanted: list[tuple[Case, int]]) -> list[Planned]:
    planned = []
    turns: dict[str, int] = {}
    for number, (case, count) in enumerate(wanted):
        for copy in range(count):
            decisive = now - account.chance("when", number, copy).uniform(*case.hours) * HOUR
            lead = LEADS[DECISIVE[case.fate]] * HOUR
            turns[case.place] = turns.get(case.place, -1) + 1
            planned.append(Planned(round(decisive - lead, 3), round(decisive, 3), case, turns[case.place]))
    return sorted(planned, key=lambda one: (one.at, one.turn))


def _play(account: Account, planned: Planned, found: Places) -> None:
    case = planned.case
    chance = account.chance("basket", case.fate, case.place, planned.turn)
    lines = basket(account, chance, found, case.place, case.basket, planned.turn)
    if case.fate == "connector":
        oddities.connector_lock(account, lines, planned.turn)
        return
    order = orders.new_order(account, lines, affiliate="MGZ" if case.basket == "marketplace" else "")
    order.fate, order.forbidden = case.fate, case.forbidden
    _fix_times(order, planned)
    place(account, order, pay_after=MINUTE)
    if case.basket == "seller":
        _other_seller(account, order)


def _fix_times(order: Order, planned: Planned) -> None:
    """The ERP takes it up early enough for the decisive event to come when it is planned."""
    decisive = DECISIVE[planned.case.fate]
    order.pick_at = planned.decisive if decisive == "pick" else planned.at + 3 * HOUR
    if decisive == "ship":
        order.ship_at = planned.decisive
    if decisive == "end":
        order.end_at = planned.decisive


def _other_seller(account: Account, order: Order) -> None:
    """The part of the purchase that another account ships: no lock here (F3.1)."""
    sku = order.lines[0].sku
    line = Line(sku, 1, order.lines[0].price, seller=SELLER, deliveries=list(order.lines[0].deliveries)[:1])
    other = orders.new_order(account, [line], suffix="02")
    account.orders.pop(other.id)
    other.group, other.id, other.sequence = order.group, f"{order.group}-02", order.sequence
    other.seller_order_id = f"SLR-{other.id}"
    account.orders[other.id] = other
    other.ship_at, other.pick_at = order.ship_at, order.pick_at
    place(account, other, pay_after=MINUTE)
