"""What the units of a verdict are worth: the price on the order's own line, else on the latest one."""

from __future__ import annotations

from collections.abc import Collection

from django.db.models import Max

from reconciler.diagnosis.verdicts import Verdict
from reconciler.models import OrderItem, VtexAccount


class Prices:
    """Prices of one unit in cents, by order and SKU; a SKU never sold is worth 0 until it is."""

    def __init__(self, account: VtexAccount, verdicts: Collection[Verdict]) -> None:
        skus = {item.sku for verdict in verdicts for item in verdict.items}
        lines = OrderItem.objects.filter(order__account=account, sku_id__in=skus)
        own = lines.filter(order__order_id__in={each.order_id for each in verdicts if each.order_id})
        newest = lines.filter(price_cents__gt=0).values("sku_id").annotate(newest=Max("pk"))
        latest = OrderItem.objects.filter(pk__in=[row["newest"] for row in newest])
        self._own = {
            (order_id, sku): cents
            for order_id, sku, cents in own.values_list("order__order_id", "sku_id", "price_cents")
        }
        self._latest = dict(latest.values_list("sku_id", "price_cents"))

    def value_of(self, verdict: Verdict) -> int:
        """Cents of the units held now."""
        return sum(item.quantity * self._price(verdict.order_id, item.sku) for item in verdict.held)

    def _price(self, order_id: str | None, sku: str) -> int:
        own = self._own.get((order_id, sku), 0) if order_id else 0
        return own or self._latest.get(sku, 0)
