"""Findings as rows: with the order's way, what is held and where, and the one thing to do next."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

from django.db.models import prefetch_related_objects
from django.utils.translation import gettext as _

from reconciler.models import Finding, StockBalance, ValueKind, VtexAccount
from reconciler.views import links
from reconciler.views.track import Step, told, track

Pair = tuple[str, str]
SHOWN_ITEMS = 3


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
    finding: Finding
    url: str
    held: list[Held]
    steps: list[Step] = field(default_factory=list)
    act: str = ""
    act_url: str = ""

    @property
    def shown(self) -> list[Held]:
        return self.held[:SHOWN_ITEMS]

    @property
    def more(self) -> int:
        return len(self.held) - len(self.shown)

    @property
    def sold_out(self) -> bool:
        return any(held.sold_out for held in self.held)


def rows(
    store: VtexAccount, findings: Sequence[Finding], *, may_act: bool, with_track: bool = True
) -> list[Row]:
    """One row a finding, in two queries whatever their number; expects `for_list()`."""
    if with_track:
        prefetch_related_objects([found.order for found in findings if found.order], told())
    balances = _balances(store, findings)
    return [_row(store, found, balances, may_act=may_act, with_track=with_track) for found in findings]


def may_act(roles: Iterable[str], actions: str) -> bool:
    """Whether the buttons of a list lead to actions; each action's own guard still decides."""
    return "operator" in roles and actions == "on"


def _row(
    store: VtexAccount, found: Finding, balances: dict[Pair, StockBalance], *, may_act: bool, with_track: bool
) -> Row:
    url = links.of_finding(store, found)
    act, act_url = remedy(store, found) if may_act else ("", "")
    return Row(
        finding=found,
        url=url,
        held=[_held(store, item, balances, found) for item in found.items],
        steps=track(found.order) if with_track and found.order else [],
        act=act if act_url else _("Open"),
        act_url=act_url or url,
    )


def _held(
    store: VtexAccount, item: dict[str, object], balances: dict[Pair, StockBalance], found: Finding
) -> Held:
    sku_id, warehouse_id, quantity = str(item["sku"]), str(item["warehouse"]), int(str(item["quantity"]))
    balance = balances.get((sku_id, warehouse_id))
    return Held(
        sku_id=sku_id,
        warehouse_id=warehouse_id,
        quantity=quantity,
        name=getattr(balance, "sku_name", "") or "",
        url=links.stock_item(store, sku_id, warehouse_id),
        sold_out=found.value_kind == ValueKind.HELD and _sold_out_by(balance, quantity),
    )


def _sold_out_by(balance: StockBalance | None, quantity: int) -> bool:
    if balance is None or balance.unlimited:
        return False
    return balance.available <= 0 < balance.available + quantity


def _balances(store: VtexAccount, findings: Iterable[Finding]) -> dict[Pair, StockBalance]:
    skus = {str(item["sku"]) for found in findings for item in found.items}
    found = StockBalance.objects.filter(account=store, sku_id__in=skus).with_names() if skus else []
    return {(balance.sku_id, balance.warehouse_id): balance for balance in found}


def remedy(store: VtexAccount, found: Finding) -> tuple[str, str]:
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
