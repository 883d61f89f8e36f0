"""What a pasted id names: an order, a reservation, a SKU; also a link copied from VTEX's Admin."""

from __future__ import annotations

from dataclasses import dataclass
from urllib.parse import unquote

from django.db.models import CharField, QuerySet, Value
from django.utils.translation import gettext as _

from reconciler.models import Order, Reservation, Sku, VtexAccount
from reconciler.views import links, params

MOST_HITS = 5


@dataclass(frozen=True)
class Hit:
    """One thing that the text names exactly."""

    kind: str
    name: str
    url: str


def plain(text: str) -> str:
    """The id inside a VTEX link (`…/admin/orders/v123-01`), else the text itself."""
    if not text.startswith(("https://", "http://")) or "/orders/" not in text:
        return text
    tail = text.partition("/orders/")[2]
    return unquote(tail.partition("?")[0].partition("#")[0].strip("/").partition("/")[0]).replace("\0", "")


def exact(store: VtexAccount, text: str) -> list[Hit]:
    """Everything of the store that carries exactly this id; one hit is where a search leads at once."""
    orders = Order.objects.named(store, text)
    locks = Reservation.objects.filter(account=store, lock_id=text)
    skus = Sku.objects.named(store, text)
    found = _told(orders, "order", "order_id").union(
        _told(locks, "reservation", "lock_id"), _told(skus, "sku", "sku_id", "name"), all=True
    )
    hits: list[tuple[str, str, str]] = sorted(found[: MOST_HITS * 3])  # type: ignore[arg-type]
    return [_hit(store, kind, subject, name) for kind, subject, name in hits]


def _told(
    found: QuerySet[Order] | QuerySet[Reservation] | QuerySet[Sku], kind: str, subject: str, name: str = ""
) -> QuerySet[Order] | QuerySet[Reservation] | QuerySet[Sku]:
    """Rows of (kind, id, name), the same of each model, so that one query reads them all."""
    text = CharField(max_length=500)
    named = {"name_told": Value("", output_field=text)} if not name else {}
    told = found.order_by().annotate(kind_told=Value(kind, output_field=text), **named)
    return told.values_list("kind_told", subject, name or "name_told")


def _hit(store: VtexAccount, kind: str, subject: str, name: str) -> Hit:
    if kind == "order":
        return Hit(_("Order"), subject, links.order(store, subject))
    if kind == "reservation":
        return Hit(_("Reservation"), subject, links.reservation(store, subject))
    return Hit(_("SKU"), f"{subject} {name}", links.link(store, "stock") + params.query(q=subject))
