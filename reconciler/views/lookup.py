"""What a pasted id names: an order, a reservation, a SKU; also a link copied from VTEX's Admin."""

from __future__ import annotations

from dataclasses import dataclass
from urllib.parse import unquote

from django.db.models import Q
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
    orders = Order.objects.filter(account=store).named(text).order_by("-created_at")[:MOST_HITS]
    locks = Reservation.objects.filter(account=store, lock_id=text)[:MOST_HITS]
    named = Q(sku_id=text) | Q(ean=text) | Q(ref_id__iexact=text)
    skus = Sku.objects.filter(named, account=store)[:MOST_HITS]
    stock = links.link(store, "stock")
    return [
        *(Hit(_("Order"), order.order_id, links.order(store, order.order_id)) for order in orders),
        *(Hit(_("Reservation"), lock.lock_id, links.reservation(store, lock.lock_id)) for lock in locks),
        *(Hit(_("SKU"), f"{sku.sku_id} {sku.name}", stock + params.query(q=sku.sku_id)) for sku in skus),
    ]
