"""How much of the store the mirror has seen lately, and what it could not see and why (design section 5)."""

from __future__ import annotations

from collections import Counter
from dataclasses import asdict, dataclass, field
from datetime import datetime, timedelta

from django.db.models import (
    Case,
    CharField,
    Count,
    Exists,
    F,
    Max,
    OuterRef,
    Q,
    Value,
    When,
    Window,
)
from django.db.models.functions import RowNumber
from django.utils.dateparse import parse_datetime
from django.utils.translation import gettext as _

from reconciler.models import ListState, ReservationItem, Sku, StockBalance, VtexAccount
from reconciler.sync import snapshots

WINDOW = timedelta(hours=24)
GOOD_ENOUGH = 95.0
READ, STALE = "read", "stale"
UNTOLD = (ListState.TOO_MANY, ListState.ERROR, ListState.UNSTABLE, ListState.FORBIDDEN)
"""States of a pair whose list was asked for, and of which nothing may be concluded."""
SHOWN_UNTOLD, SHOWN_LOCKS = 10, 5

_HELD = ReservationItem.objects.filter(
    account=OuterRef("account"),
    sku_id=OuterRef("sku_id"),
    warehouse_id=OuterRef("warehouse_id"),
    gone_at__isnull=True,
)


@dataclass(frozen=True)
class Untold:
    """A pair that could not be told, and the locks that the mirror last saw in it (`of_locks` in all)."""

    sku_id: str
    warehouse_id: str
    state: str
    reserved: int
    lock_ids: list[str]
    of_locks: int


@dataclass(frozen=True)
class Coverage:
    """Pairs (a SKU in a warehouse) read whole within the window out of all, and why the others were not.

    newest: the latest read of a pair. unread: pairs by reason: too_many, error, unstable, forbidden,
    not_read, or stale (read, but longer ago). untold: some of them. skus, skus_read: SKUs known, and those
    whose balances were read within the window. sku_errors: by code.
    """

    pairs: int = 0
    read: int = 0
    newest: datetime | None = None
    unread: dict[str, int] = field(default_factory=dict)
    untold: list[Untold] = field(default_factory=list)
    skus: int = 0
    skus_read: int = 0
    sku_errors: dict[str, int] = field(default_factory=dict)

    @property
    def percent(self) -> float:
        """0 to 100, rounded down to a tenth; 100 only when every known pair was read."""
        return (self.read * 1000 // self.pairs) / 10 if self.pairs else 0.0

    @property
    def width(self) -> str:
        """The percentage, written as SVG wants it whatever the language."""
        return f"{self.percent:.1f}"

    @property
    def is_good(self) -> bool:
        return self.percent >= GOOD_ENOUGH

    @property
    def could_not_tell(self) -> int:
        """Pairs that were asked for, and of which nothing may be concluded."""
        return sum(self.unread.get(state, 0) for state in UNTOLD)

    @property
    def reasons(self) -> list[tuple[str, int]]:
        """Why pairs were not read, in words, with how many each."""
        labels = {**unread_labels(), STALE: _("read more than 24 hours ago")}
        return [(label, self.unread[state]) for state, label in labels.items() if self.unread.get(state)]


def coverage(account: VtexAccount, now: datetime) -> Coverage:
    """As counted a minute ago at most."""
    return of_figures(account, now, snapshots.read(account, now, COVERAGE)[0])


def of_figures(account: VtexAccount, now: datetime, figures: snapshots.Figures) -> Coverage:
    """What a snapshot holds; where it knew of no pair and there is one now, that is counted at once."""
    if not figures["pairs"] and StockBalance.objects.filter(account=account).exists():
        return count(account, now)
    newest = parse_datetime(figures["newest"]) if figures["newest"] else None
    untold = [Untold(**each) for each in figures["untold"]]
    return Coverage(**{**figures, "newest": newest, "untold": untold})


def count(account: VtexAccount, now: datetime) -> Coverage:
    """In six queries at most, over every pair and every SKU."""
    since = now - WINDOW
    states = _by_state(account, since)
    pairs: Counter[str] = Counter()
    for state, found, _newest in states:
        pairs[state] += found
    unread = {state: count for state, count in pairs.items() if state != READ}
    swept = Count("pk", filter=Q(swept_at__gte=since))
    skus = Sku.objects.filter(account=account).order_by().values_list("sweep_error")
    by_error = list(skus.annotate(all=Count("pk"), swept=swept))
    return Coverage(
        pairs=pairs.total(),
        read=pairs[READ],
        newest=max((newest for _, _, newest in states), default=None),
        unread=unread,
        untold=_untold(account) if any(unread.get(state) for state in UNTOLD) else [],
        skus=sum(count for _, count, _ in by_error),
        skus_read=sum(read for _, _, read in by_error),
        sku_errors={error: count for error, count, _ in by_error if error},
    )


def unread_labels() -> dict[str, str]:
    """Why the reservations of a pair could not be listed: unknown, which is not the same as none."""
    return {
        ListState.TOO_MANY: _("too many reservations for VTEX to list"),
        ListState.ERROR: _("VTEX answers with an error"),
        ListState.UNSTABLE: _("changed while it was read"),
        ListState.FORBIDDEN: _("the key may not read it"),
        ListState.NOT_READ: _("not read yet"),
    }


def _by_state(account: VtexAccount, since: datetime) -> list[tuple[str, int, datetime]]:
    """Pairs by what is known of them, and the latest read of each kind; one kind may come several times.

    One with nothing reserved and nothing mirrored is read with its balance, whatever its list said once.
    Each question by itself is a join; in one statement PostgreSQL looks the locks of each pair up.
    """
    pairs = StockBalance.objects.filter(account=account).order_by()
    nothing_reserved = pairs.filter(reserved=0)
    balance_is_enough = Case(When(read_at__gte=since, then=Value(READ)), default=Value(STALE))
    needs_list = Case(
        When(list_state=ListState.OK, list_read_at__gte=since, read_at__gte=since, then=Value(READ)),
        When(list_state=ListState.OK, then=Value(STALE)),
        default=F("list_state"),
        output_field=CharField(),
    )
    asked = [
        (pairs.exclude(reserved=0), needs_list),
        (nothing_reserved.filter(Exists(_HELD)), needs_list),
        (nothing_reserved.filter(~Exists(_HELD)), balance_is_enough),
    ]
    return [
        row for some, seen in asked for row in some.values_list(seen).annotate(Count("pk"), Max("read_at"))
    ]


def _untold(account: VtexAccount) -> list[Untold]:
    """Those that hold most."""
    pairs = StockBalance.objects.filter(account=account, list_state__in=UNTOLD).exclude(reserved=0)
    shown = list(pairs.order_by("-reserved", "id")[:SHOWN_UNTOLD])
    locks = _locks(account, shown)
    return [
        Untold(
            pair.sku_id, pair.warehouse_id, pair.list_state, pair.reserved, *locks.get(_pair(pair), ([], 0))
        )
        for pair in shown
    ]


def _locks(account: VtexAccount, pairs: list[StockBalance]) -> dict[tuple[str, str], tuple[list[str], int]]:
    """Of each pair the first few locks, and how many there are."""
    of_pair = [F("sku_id"), F("warehouse_id")]
    held = ReservationItem.objects.filter(
        account=account, gone_at__isnull=True, sku_id__in={pair.sku_id for pair in pairs}
    ).annotate(
        number=Window(RowNumber(), partition_by=of_pair, order_by="pk"),
        of_locks=Window(Count("pk"), partition_by=of_pair),
    )
    found: dict[tuple[str, str], tuple[list[str], int]] = {}
    rows = held.filter(number__lte=SHOWN_LOCKS).order_by("pk")
    for sku_id, warehouse_id, lock_id, of_locks in rows.values_list(
        "sku_id", "warehouse_id", "reservation__lock_id", "of_locks"
    ):
        found.setdefault((sku_id, warehouse_id), ([], of_locks))[0].append(lock_id)
    return found


def _pair(balance: StockBalance) -> tuple[str, str]:
    return balance.sku_id, balance.warehouse_id


def _figures(account: VtexAccount, now: datetime) -> snapshots.Figures:
    seen = count(account, now)
    return {**asdict(seen), "newest": seen.newest.isoformat() if seen.newest else None}


COVERAGE = snapshots.Counted("coverage", timedelta(minutes=1), _figures)
