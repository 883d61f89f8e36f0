"""Where an order goes, from which warehouses, in which packages."""

from ..account import Account
from ..people import Person
from ..state import Line, Order, Package
from .dates import offset


def address(person: Person) -> dict[str, object]:
    return {
        "addressType": "residential",
        "receiverName": person.receiver,
        "addressId": person.document[:8],
        "versionId": None,
        "entityId": None,
        "postalCode": f"{person.document[:5]}-{person.document[5:8]}",
        "city": "São Paulo",
        "state": "SP",
        "country": "BRA",
        "street": person.street,
        "number": person.document[-3:],
        "neighborhood": "Centro",
        "complement": person.complement,
        "reference": person.note,
        "geoCoordinates": [],
    }


def delivery(account: Account, line: Line, warehouse: str, quantity: int) -> dict[str, object]:
    kit = [
        {"itemKitId": sku, "quantity": units * quantity, "warehouseId": warehouse}
        for sku, units in account.skus[line.sku].kit
    ]
    return {
        "courierId": "entrega",
        "courierName": "Entrega Normal",
        "dockId": account.warehouses[warehouse].dock,
        "quantity": quantity,
        "warehouseId": warehouse,
        "accountCarrierName": account.name,
        "kitItemDetails": kit,
    }


def logistics(account: Account, order: Order, index: int, line: Line) -> dict[str, object]:
    return {
        "itemIndex": index,
        "itemId": line.sku,
        "selectedDeliveryChannel": "delivery",
        "deliveryChannel": "delivery",
        "selectedSla": "Normal",
        "lockTTL": "10d",
        "price": 0,
        "listPrice": 0,
        "sellingPrice": 0,
        "deliveryWindow": None,
        "deliveryCompany": "Entrega Normal",
        "shippingEstimate": "4bd",
        "shippingEstimateDate": offset(order.created + 6 * 86400),
        "slas": [],
        "shipsTo": ["BRA"],
        "deliveryIds": [delivery(account, line, *one) for one in line.deliveries],
        "addressId": "",
        "polygonName": "",
    }


def shipping(account: Account, order: Order, person: Person) -> dict[str, object]:
    return {
        "id": "shippingData",
        "address": address(person),
        "logisticsInfo": [logistics(account, order, index, line) for index, line in enumerate(order.lines)],
        "trackingHints": None,
        "selectedAddresses": [address(person)],
    }


def package(order: Order, one: Package) -> dict[str, object]:
    rows = [
        {
            "itemIndex": index,
            "quantity": quantity,
            "price": order.lines[index].price,
            "description": "",
            "unitMultiplier": 1.0,
        }
        for index, quantity in one.items
    ]
    return {
        "items": rows,
        "courier": "Entrega Normal",
        "invoiceNumber": one.number,
        "invoiceValue": sum(order.lines[index].price * quantity for index, quantity in one.items),
        "invoiceUrl": "",
        "issuanceDate": offset(one.issued),
        "trackingNumber": "",
        "invoiceKey": "",
        "trackingUrl": "",
        "embeddedInvoice": "",
        "type": "Output",
        "courierStatus": {
            "status": "ok",
            "finished": False,
            "deliveredDate": offset(one.issued + 3 * 86400),
            "data": [],
        },
        "cfop": "",
        "restitutions": {},
        "volumes": 1,
        "EnableInferItems": False,
    }
