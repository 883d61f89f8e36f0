"""What the units of a verdict are worth: the price on the order's own line, else on the latest one."""

from __future__ import annotations

from collections.abc import Collection

from django.db.models import OuterRef, Subquery

from reconciler.diagnosis.verdicts import Verdict
from reconciler.models import OrderItem, StockBalance, VtexAccount


class Prices:
    """Prices of one unit in cents, by order and SKU; a SKU never sold is worth 0 until it is."""

    def __init__(self, account: VtexAccount, verdicts: Collection[Verdict]) -> None:
        asked = {(verdict.order_id, item.sku) for verdict in verdicts for item in verdict.items}
        self._own = _own(account, {order_id for order_id, _ in asked if order_id})
        self._latest = _latest(
            account, {sku for order_id, sku in asked if not self._own.get((order_id or "", sku))}
        )

    def value_of(self, verdict: Verdict) -> int:
        """Cents of the units held now."""
        return sum(item.quantity * self._price(verdict.order_id, item.sku) for item in verdict.held)

    def _price(self, order_id: str | None, sku: str) -> int:
        return self._own.get((order_id or "", sku), 0) or self._latest.get(sku, 0)


def _own(account: VtexAccount, order_ids: Collection[str]) -> dict[tuple[str, str], int]:
    if not order_ids:
        return {}
    lines = OrderItem.objects.filter(order__account=account, order__order_id__in=order_ids).order_by("index")
    rows = lines.values_list("order__order_id", "sku_id", "price_cents")
    return {(order_id, sku): cents for order_id, sku, cents in rows}


def _latest(account: VtexAccount, skus: Collection[str]) -> dict[str, int]:
    """Of SKUs that have a balance; what holds units has one."""
    if not skus:
        return {}
    lines = OrderItem.objects.filter(
        order__account=account, sku_id=OuterRef("sku_id"), price_cents__gt=0
    ).order_by("-id")
    balances = StockBalance.objects.filter(account=account, sku_id__in=skus).order_by()
    priced = balances.values("sku_id").distinct().annotate(cents=Subquery(lines.values("price_cents")[:1]))
    return {sku: cents for sku, cents in priced.values_list("sku_id", "cents") if cents}
