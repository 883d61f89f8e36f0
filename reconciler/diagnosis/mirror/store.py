"""What is the same for everything that one refresh judges."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

from django.db.models import Exists, OuterRef

from reconciler.diagnosis.cases import Graces
from reconciler.models import ReservationItem, StockBalance, VtexAccount

_FEW, _SHARE = 3, 10
"""From so many pairs, and from one in so many of them, lists are taken to show what counts have cleared."""

HANDLED = ReservationItem.objects.filter(gone_at__isnull=True, acknowledged_at__isnull=False)


@dataclass(frozen=True)
class Store:
    """One account, the graces, and what is asked of the mirror once a refresh at most."""

    account: VtexAccount
    graces: Graces

    @cached_property
    def lists_show_cleared(self) -> bool:
        """Whether the lists of this store show what counts have cleared (U1).

        That is so where many of the pairs with acknowledged rows list more than is reserved; one or two such
        pairs are only wrong balances (KI-991735). Pairs are counted as far as the answer depends on them.
        """
        exceeding = StockBalance.objects.filter(
            Exists(HANDLED.filter(account=self.account, **_SAME_PAIR)),
            account=self.account, bracketed_at__isnull=False, mismatch_units__lt=0,
        ).count()  # fmt: skip
        if exceeding < _FEW:
            return False
        bracketed = StockBalance.objects.filter(
            account=self.account, bracketed_at__isnull=False, **_SAME_PAIR
        )
        pairs = HANDLED.filter(Exists(bracketed), account=self.account).values("sku_id", "warehouse_id")
        return pairs.distinct()[: exceeding * _SHARE + 1].count() <= exceeding * _SHARE


_SAME_PAIR = {"sku_id": OuterRef("sku_id"), "warehouse_id": OuterRef("warehouse_id")}
