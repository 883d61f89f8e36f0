# ruff: noqa: E501 - one sentence a line
"""What the recurrence report says of each cause to whoever runs the ERP: what happened, VTEX's normal flow, what to call.

The flow is F3.3's, the calls are F3.6, F3.7, F4, F5 and F6.2's.
"""

from __future__ import annotations

from dataclasses import dataclass

from django.utils.functional import Promise
from django.utils.translation import gettext, ngettext_lazy
from django.utils.translation import gettext_lazy as _

from reconciler.models import Cause
from reconciler.models.recurrence import Way

Text = str | Promise
ORDERS, STOCK = "/api/oms/pvt/orders/{orderId}", "/api/logistics/pvt/inventory"
READY = ("payment-approved", "window-to-cancel", "ready-for-handling")
HANDLED = ("start-handling", "handling")
INVOICED = ("invoice", "invoiced")
COUNT: Text = _("new count")
RELEASED: Text = _("reservation released")


@dataclass(frozen=True)
class Call:
    """A request of VTEX's API, and when to send it."""

    request: str
    when: Text


@dataclass(frozen=True)
class Words:
    """`said`: the clause after "since the week of ..."; `steps`: (step of the normal flow, whether these orders missed it);
    `ours`: whether a change of the ERP ends it, or VTEX has to.
    """

    said: Text
    wrong: Text
    steps: tuple[tuple[Text, bool], ...]
    calls: tuple[Call, ...]
    ours: bool = True


def _flow(*parts: tuple[tuple[Text, ...], bool]) -> tuple[tuple[Text, bool], ...]:
    return tuple((step, missed) for steps, missed in parts for step in steps)


START = Call(
    f"POST {ORDERS}/start-handling",
    _("When picking begins, for every order at ready-for-handling, and always before its invoice. 204: accepted, the order moves on within seconds. OMS003: it is not at ready-for-handling; read the order again, and take handling as done."),
)  # fmt: skip
INVOICE = Call(
    f"POST {ORDERS}/invoice",
    _("Only when the order, read again, says handling. VTEX then moves it to invoiced."),
)
SEND_COUNT = Call(
    f"PATCH {STOCK}/skus/{{skuId}}/warehouses/{{warehouseId}}/quantity",
    _("After the goods left, for every SKU and warehouse of the order, at least once a night. quantity: the units in the warehouse, those of orders not yet in handling included, those already handled left out. dateUtcOnBalanceSystem: when that was counted, after the handling."),
)  # fmt: skip
CANCEL_ORDER = Call(
    f"POST {ORDERS}/cancel",
    _("For an order that will not be shipped: in VTEX too, and before its handling starts, if possible."),
)
DENY = Call(
    "POST /api/orders/pvt/document/{orderId}/deny-cancellation-request",
    _("At cancellation-requested, when the goods ship all the same: deny first, then start handling, then invoice. An invoice sent while a cancel is requested skips handling."),
)  # fmt: skip
FEED = Call(
    "GET /api/orders/feed",
    _("To learn of each order that becomes ready-for-handling: read, store, then commit the event, and read the order itself."),
)  # fmt: skip
CANCEL_LOCK = Call(
    f"POST {STOCK}/reservations/{{reservationId}}/cancel",
    _("Whoever creates a reservation without an order of VTEX has to cancel it when it is needed no more."),
)
CANCEL_AGAIN = Call(
    CANCEL_LOCK.request,
    _("Once more for the same reservation, after a look at its order: a second cancel puts the number right. This site offers it with its checks."),
)  # fmt: skip
READ_ORDER = Call(f"GET {ORDERS}", _("To see whether the order still stands where it stood."))

WORDS: dict[str, Words] = {
    Cause.HANDLING_SKIPPED: Words(
        ngettext_lazy("%(number)s invoiced order%(where)s skipped handling", "%(number)s invoiced orders%(where)s skipped handling", "count"),
        _("These orders were invoiced, but handling was never started for them in VTEX. An order's reservation is acknowledged when its handling starts. A reservation that was never acknowledged does not expire, and the ERP's counts do not clear it: its units stay out of sale."),
        _flow((READY, False), (HANDLED, True), (INVOICED, False), ((COUNT, RELEASED), True)),
        (START, INVOICE, DENY, SEND_COUNT),
    ),
    Cause.COUNT_NOT_UPDATED: Words(
        ngettext_lazy("%(number)s invoiced order%(where)s got no count after shipping", "%(number)s invoiced orders%(where)s got no count after shipping", "count"),
        _("These orders were handled and invoiced, but no new count of their SKUs reached VTEX. VTEX never lowers a total by itself: until a count comes, the shipped units stay in the total and their reservations stay with them."),
        _flow((READY[2:], False), (HANDLED, False), (INVOICED, False), ((COUNT, RELEASED), True)),
        (SEND_COUNT,),
    ),
    Cause.HANDLING_OVERDUE: Words(
        ngettext_lazy("%(number)s order%(where)s waited too long for handling", "%(number)s orders%(where)s waited too long for handling", "count"),
        _("These orders were paid and ready for handling, and nobody took them up. Either the ERP did not learn of them, or it works on them without telling VTEX."),
        _flow((READY, False), ((*HANDLED, *INVOICED), True)),
        (FEED, START, CANCEL_ORDER),
    ),
    Cause.HANDLING_ABANDONED: Words(
        ngettext_lazy("%(number)s order%(where)s got no invoice after handling", "%(number)s orders%(where)s got no invoice after handling", "count"),
        _("Handling was started for these orders, and neither an invoice nor a cancel followed. If the goods left, their invoices never reached VTEX."),
        _flow((READY[2:], False), (HANDLED, False), ((*INVOICED, COUNT), True)),
        (INVOICE, CANCEL_ORDER),
    ),
    Cause.ORDER_CANCELED: Words(
        ngettext_lazy("%(number)s canceled order%(where)s kept its reservation", "%(number)s canceled orders%(where)s kept their reservations", "count"),
        _("These orders are canceled or replaced, and their reservations still hold stock. That is typical of a cancel after handling had started: from then on only a count releases the units."),
        _flow((("cancellation-requested", "cancel", "canceled"), False), ((RELEASED,), True)),
        (CANCEL_ORDER, SEND_COUNT),
    ),
    Cause.ORDER_MISSING: Words(
        ngettext_lazy("%(number)s reservation%(where)s had no order", "%(number)s reservations%(where)s had no order", "count"),
        _("No order of the store carries these reservations. Connectors that reserve stock by themselves, and checkouts that ended half-way, leave such ones behind."),
        _flow((("order-created", "payment-pending"), True), (READY, True)),
        (CANCEL_LOCK,),
    ),
    Cause.LOCK_SUPERSEDED: Words(
        ngettext_lazy("%(number)s order%(where)s left an older reservation behind", "%(number)s orders%(where)s left an older reservation behind", "count"),
        _("The items of these orders carry another reservation now, and the older one still holds stock. That is VTEX's to release; the ERP can do nothing wrong here."),
        _flow((READY, False), ((RELEASED,), True)),
        (READ_ORDER,),
        ours=False,
    ),
    Cause.AUTHORIZATION_EXPIRED: Words(
        ngettext_lazy("%(number)s reservation%(where)s outlived its time to pay", "%(number)s reservations%(where)s outlived their time to pay", "count"),
        _("These reservations were never confirmed by a payment, and VTEX did not release them when their time was over."),
        _flow((("order-created", "payment-pending"), False), ((RELEASED,), True)),
        (READ_ORDER,),
        ours=False,
    ),
    Cause.CANCEL_INCOMPLETE: Words(
        ngettext_lazy("%(number)s canceled reservation%(where)s still counts as reserved", "%(number)s canceled reservations%(where)s still count as reserved", "count"),
        _("VTEX says that these reservations are canceled, yet counts their units as reserved: its known issue KI-1220722."),
        _flow((("cancellation-requested", "cancel", "canceled"), False), ((RELEASED,), True)),
        (CANCEL_AGAIN,),
        ours=False,
    ),
    Cause.WORKFLOW_STUCK: Words(
        ngettext_lazy("VTEX's flow of %(number)s order%(where)s hung", "VTEX's flow of %(number)s orders%(where)s hung", "count"),
        _("These orders stood for too long in a step that VTEX passes by itself, or VTEX marks their flow as failed."),
        _flow((READY, False), (HANDLED, False), (INVOICED, False)),
        (READ_ORDER,),
        ours=False,
    ),
}  # fmt: skip

WAYS: dict[str, Text] = {
    Way.AFFILIATE: _("Affiliate"),
    Way.CHANNEL: _("Sales channel"),
    Way.SELLER: _("Seller"),
    Way.WAREHOUSE: _("Warehouse"),
}


def where(way: Way, value: str | None) -> str:
    """The clause that names a way, with a blank in front; empty where it cannot be named."""
    if value is None or (not value and way != Way.AFFILIATE):
        return ""
    clauses = {
        Way.AFFILIATE: gettext("of affiliate %(value)s") if value else gettext("without an affiliate"),
        Way.CHANNEL: gettext("of sales channel %(value)s"),
        Way.SELLER: gettext("of seller %(value)s"),
        Way.WAREHOUSE: gettext("from warehouse %(value)s"),
    }
    return " " + clauses[way] % {"value": value}


def label(way: Way, value: str | None) -> str:
    """A way as a row of a table names it."""
    if value:
        return value
    own = way == Way.AFFILIATE and value == ""
    return gettext("no affiliate (own store)") if own else gettext("not known")
