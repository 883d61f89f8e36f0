"""Findings as rows: with the order's way, what is held and where, and the one thing to do next."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

from django.utils.translation import gettext as _

from reconciler.models import ValueKind, VtexAccount
from reconciler.models.listed import ListedFinding
from reconciler.models.listed_history import Event
from reconciler.models.listed_stock import Balance, Balances, of_pairs
from reconciler.views import links
from reconciler.views.track import Step, told, track

SHOWN_ITEMS = 3


@dataclass(frozen=True)
class Told:
    """Findings as `for_list()` gives them, with balances of their pairs, and by order what happened to it.

    Without `events` no track is drawn.
    """

    findings: Sequence[ListedFinding]
    balances: Balances
    events: dict[int, list[Event]] | None


@dataclass(frozen=True)
class Held:
    """Units of one pair that a finding holds; `sold_out`: nobody can buy it only because of them."""

    sku_id: str
    warehouse_id: str
    quantity: int
    name: str
    url: str
    sold_out: bool


@dataclass(frozen=True)
class Row:
    """`held`: the first pairs of the finding; `more`: how many it holds beside them."""

    finding: ListedFinding
    url: str
    held: list[Held]
    more: int
    steps: list[Step] = field(default_factory=list)
    kind: str = ""
    act: str = ""
    act_url: str = ""


def rows(
    store: VtexAccount, findings: Sequence[ListedFinding], *, may_act: bool, with_track: bool = True
) -> list[Row]:
    """One row a finding, in two queries whatever their number; expects `for_list()`."""
    return drawn(store, read(store, findings, with_track=with_track), may_act=may_act)


def read(store: VtexAccount, findings: Sequence[ListedFinding], *, with_track: bool = True) -> Told:
    """What the rows say of the findings, from the tables."""
    events = told([found.order for found in findings if found.order]) if with_track else None
    return Told(findings, _balances(store, findings), events)


def drawn(store: VtexAccount, said: Told, *, may_act: bool) -> list[Row]:
    """The rows of what was read; no query."""
    kinds = {value: str(label) for value, label in ValueKind.choices if value != ValueKind.NONE}
    return [_row(store, found, said, kinds, may_act=may_act) for found in said.findings]


def may_act(roles: Iterable[str], actions: str) -> bool:
    """Whether the buttons of a list lead to actions; each action's own guard still decides."""
    return "operator" in roles and actions == "on"


def _row(
    store: VtexAccount, found: ListedFinding, said: Told, kinds: dict[str, str], *, may_act: bool
) -> Row:
    order, events = found.order, said.events
    url = links.of_finding(store, found)
    act, act_url = remedy(store, found) if may_act else ("", "")
    return Row(
        finding=found,
        url=url,
        held=[_held(store, item, said.balances, found) for item in found.items[:SHOWN_ITEMS]],
        more=max(len(found.items) - SHOWN_ITEMS, 0),
        steps=track(order, events.get(order.pk, ())) if order and events is not None else [],
        kind=kinds.get(found.value_kind, ""),
        act=act if act_url else _("Open"),
        act_url=act_url or url,
    )


def _held(store: VtexAccount, item: dict[str, object], balances: Balances, found: ListedFinding) -> Held:
    sku_id, warehouse_id, quantity = str(item["sku"]), str(item["warehouse"]), int(str(item["quantity"]))
    balance = balances.get((sku_id, warehouse_id))
    return Held(
        sku_id=sku_id,
        warehouse_id=warehouse_id,
        quantity=quantity,
        name=balance.name if balance else "",
        url=links.stock_item(store, sku_id, warehouse_id),
        sold_out=found.value_kind == ValueKind.HELD and _sold_out_by(balance, quantity),
    )


def _sold_out_by(balance: Balance | None, quantity: int) -> bool:
    if balance is None or balance.unlimited:
        return False
    return balance.available <= 0 < balance.available + quantity


def _balances(store: VtexAccount, findings: Iterable[ListedFinding]) -> Balances:
    """Of the pairs that the rows of these findings name."""
    items = (item for found in findings for item in found.items[:SHOWN_ITEMS])
    return of_pairs(store, {(str(item["sku"]), str(item["warehouse"])) for item in items})


def remedy(store: VtexAccount, found: ListedFinding) -> tuple[str, str]:
    """What the remedy's button says, and the page it opens; empty where a person has to look first."""
    lock = {"lock_id": found.reservation.lock_id} if found.reservation else {}
    if found.remedy in ("cancel_reservation", "count_then_cancel") and lock:
        return _("Cancel reservation…"), links.link(store, "reservation_cancel", **lock)
    if found.remedy == "acknowledge_then_count" and lock:
        return _("Acknowledge…"), links.link(store, "reservation_acknowledge", **lock)
    if found.remedy == "update_count" and len(found.items) == 1:
        pair = {"sku_id": found.items[0]["sku"], "warehouse_id": found.items[0]["warehouse"]}
        return _("Count…"), links.link(store, "stock_count", **pair)
    if found.remedy == "start_handling" and found.order:
        return _("Start handling…"), links.link(store, "order_start_handling", order_id=found.order.order_id)
    return "", ""
