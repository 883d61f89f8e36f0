"""The OMS order as `GET /api/oms/pvt/orders/{orderId}` shows it (F3.5)."""

from ..account import Account
from ..people import Person, customer
from ..state import Line, Order
from . import order_parts as parts
from . import order_person, order_shipping
from .dates import offset, utc

DESCRIPTIONS = {
    "payment-pending": "Pagamento Pendente",
    "window-to-cancel": "Carência para Cancelamento",
    "ready-for-handling": "Pronto para o Manuseio",
    "handling": "Preparando Entrega",
    "invoiced": "Faturado",
    "canceled": "Cancelado",
}


def value(order: Order) -> int:
    return sum(line.price * line.quantity for line in order.lines)


def detail(account: Account, order: Order) -> dict[str, object]:
    """The whole order, personal data included as VTEX includes it."""
    person = customer(account.seed, order.id)
    status = order.status or ""
    return {
        "orderId": order.id,
        "sequence": order.sequence,
        "marketplaceOrderId": order.id.split("-", 1)[1] if order.affiliate else "",
        "marketplaceServicesEndpoint": f"http://oms.vtexinternal.com.br/api/oms?an={account.name}",
        "sellerOrderId": order.seller_order_id,
        "origin": order.origin,
        "affiliateId": order.affiliate,
        "salesChannel": "1",
        "merchantName": account.name,
        "status": status,
        "workflowIsInError": order.in_error,
        "statusDescription": DESCRIPTIONS.get(status, status),
        "value": value(order),
        "creationDate": offset(order.created),
        "lastChange": offset(order.last_change),
        "orderGroup": order.group,
        "followUpEmail": person.email,
        "lastMessage": None,
        "hostname": account.name,
        "isCompleted": order.authorized_at is not None,
        "roundingError": 0,
        "orderFormId": f"form-{order.sequence}",
        "allowCancellation": status
        in ("payment-pending", "window-to-cancel", "ready-for-handling", "handling"),
        "allowEdition": False,
        "isCheckedIn": False,
        "authorizedDate": offset(order.authorized_at),
        "invoicedDate": offset(order.invoiced_at),
        "cancelReason": person.complaint if order.canceled_at else None,
        "checkedInPickupPointId": None,
        "totals": parts.totals(value(order)),
        **_inside(account, order, person),
        **parts.unused(),
        "openTextField": {"value": person.note},
        "cancellationData": _cancellation(order, person),
    }


def _inside(account: Account, order: Order, person: Person) -> dict[str, object]:
    return {
        "items": [parts.item(account, order, index, line) for index, line in enumerate(order.lines)],
        "sellers": parts.sellers(account, order),
        "itemMetadata": {"Items": [parts.metadata(account, line) for line in order.lines]},
        "clientProfileData": order_person.profile(person),
        "clientPreferencesData": {"locale": "pt-BR", "optinNewsLetter": False},
        "shippingData": order_shipping.shipping(account, order, person),
        "paymentData": order_person.payment(order, person, value(order)),
        "packageAttachment": {"packages": [order_shipping.package(order, one) for one in order.packages]},
        "marketplace": {
            "baseURL": f"http://oms.vtexinternal.com.br/api/oms?an={account.name}",
            "isCertified": True,
            "name": account.name,
        },
        "storePreferencesData": parts.PREFERENCES,
        "changesAttachment": None,
    }


def _cancellation(order: Order, person: Person) -> dict[str, object] | None:
    if order.canceled_at is None:
        return None
    return {
        "RequestedByUser": True,
        "RequestedBySystem": False,
        "RequestedBySellerNotification": False,
        "RequestedByPaymentNotification": False,
        "Reason": person.complaint,
        "CancellationDate": utc(order.canceled_at),
    }


def units(lines: list[Line]) -> int:
    return sum(line.quantity for line in lines)
