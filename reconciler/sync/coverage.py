"""How much of the store the mirror has seen lately, and what it could not see and why (design section 5)."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db.models import Count, Exists, OuterRef, Q

from reconciler.models import ListState, ReservationItem, Sku, StockBalance, VtexAccount

WINDOW = timedelta(hours=24)
STALE = "stale"

_HELD = ReservationItem.objects.filter(
    account=OuterRef("account"),
    sku_id=OuterRef("sku_id"),
    warehouse_id=OuterRef("warehouse_id"),
    gone_at__isnull=True,
)


@dataclass(frozen=True)
class Coverage:
    """Pairs read within the window out of all, and why the others were not.

    unread: pairs by reason: too_many, error, unstable, forbidden, not_read, or stale (read, but longer ago).
    skus, skus_read: SKUs known, and those whose balances were read within the window. sku_errors: by code.
    """

    pairs: int
    read: int
    unread: dict[str, int]
    skus: int
    skus_read: int
    sku_errors: dict[str, int]
    window: timedelta = WINDOW

    @property
    def percent(self) -> int:
        """0 to 100, rounded down; 100 only when every known pair was read."""
        return 100 * self.read // self.pairs if self.pairs else 0


def coverage(account: VtexAccount, now: datetime) -> Coverage:
    """In three queries. A pair with nothing reserved and nothing mirrored counts as read with its balance."""
    since = now - WINDOW
    empty = Q(reserved=0) & ~Exists(_HELD) & Q(read_at__gte=since)
    read = empty | Q(list_state=ListState.OK, list_read_at__gte=since)
    pairs = StockBalance.objects.filter(account=account)
    states = pairs.exclude(read).values_list("list_state").annotate(Count("pk"))
    unread = Counter({STALE if state == ListState.OK else state: count for state, count in states})
    swept = Count("pk", filter=Q(swept_at__gte=since))
    skus = Sku.objects.filter(account=account).order_by().values_list("sweep_error")
    by_error = list(skus.annotate(all=Count("pk"), swept=swept))
    total = pairs.count()
    return Coverage(
        pairs=total,
        read=total - sum(unread.values()),
        unread=dict(unread),
        skus=sum(count for _, count, _ in by_error),
        skus_read=sum(read for _, _, read in by_error),
        sku_errors={error: count for error, count, _ in by_error if error},
    )
