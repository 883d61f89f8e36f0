"""The parts of an order's JSON."""

import hashlib

from ..account import Account
from ..people import Person
from ..state import Line, Order, Package
from .dates import offset

PREFERENCES: dict[str, object] = {
    "countryCode": "BRA",
    "currencyCode": "BRL",
    "currencyFormatInfo": {
        "CurrencyDecimalDigits": 2,
        "CurrencyDecimalSeparator": ",",
        "CurrencyGroupSeparator": ".",
        "CurrencyGroupSize": 3,
        "StartsWithCurrencySymbol": True,
    },
    "currencyLocale": 1046,
    "currencySymbol": "R$",
    "timeZone": "E. South America Standard Time",
}
UNUSED = (
    *("taxData", "subscriptionData", "customData", "commercialConditionData", "invoiceData"),
    *(
        "callCenterOperatorData",
        "giftRegistryData",
        "marketingData",
        "ratesAndBenefitsData",
        "cancellationRequests",
    ),
)


def unused() -> dict[str, object]:
    """Fields that VTEX sends and this store leaves empty."""
    benefits = {"id": "ratesAndBenefitsData", "rateAndBenefitsIdentifiers": []}
    return {**dict.fromkeys(UNUSED), "ratesAndBenefitsData": benefits}


def totals(items: int) -> list[dict[str, object]]:
    amounts = (
        ("Items", "Total dos Itens", items),
        ("Discounts", "Total dos Descontos", 0),
        ("Shipping", "Total do Frete", 0),
    )
    return [{"id": name, "name": label, "value": amount} for name, label, amount in amounts]


def unique_id(order: Order, index: int) -> str:
    return hashlib.md5(f"{order.id}|{index}".encode(), usedforsecurity=False).hexdigest().upper()


def item(account: Account, order: Order, index: int, line: Line) -> dict[str, object]:
    sku = account.skus[line.sku]
    return {
        "uniqueId": unique_id(order, index),
        "id": line.sku,
        "productId": str(sku.product),
        "ean": sku.ean,
        "lockId": line.lock_id,
        "itemAttachment": {"content": {}, "name": None},
        "attachments": [],
        "quantity": line.quantity,
        "seller": line.seller,
        "name": sku.name,
        "refId": sku.ref,
        "price": line.price,
        "listPrice": line.price,
        "sellingPrice": line.price,
        "manualPrice": None,
        "imageUrl": image(account, line.sku),
        "detailUrl": f"/{sku.product}/p",
        "components": [component(account, *one) for one in sku.kit],
        "bundleItems": [],
        "params": [],
        "offerings": [],
        "attachmentOfferings": [],
        "priceTags": [],
        "sellerSku": line.sku,
        "measurementUnit": "un",
        "unitMultiplier": 1.0,
        "isGift": line.gift,
        "parentItemIndex": None,
        "parentAssemblyBinding": None,
        "preSaleDate": None,
        "tax": 0,
        "assemblies": [],
    }


def component(account: Account, sku_id: str, quantity: int) -> dict[str, object]:
    sku = account.skus[sku_id]
    return {
        "uniqueId": None,
        "id": sku_id,
        "productId": None,
        "ean": sku.ean,
        "lockId": None,
        "quantity": quantity,
        "name": sku.name,
        "refId": sku.ref,
        "price": sku.price,
        "components": [],
        "bundleItems": [],
    }


def image(account: Account, sku_id: str) -> str:
    return f"https://{account.name}.vteximg.com.br/arquivos/ids/{account.skus[sku_id].product}-55-55"


def metadata(account: Account, line: Line) -> dict[str, object]:
    sku = account.skus[line.sku]
    return {
        "Id": line.sku,
        "Seller": line.seller,
        "Name": sku.name,
        "SkuName": sku.name,
        "ProductId": str(sku.product),
        "RefId": sku.ref,
        "Ean": sku.ean,
        "ImageUrl": image(account, line.sku),
        "DetailUrl": f"/{sku.product}/p",
        "AssemblyOptions": [],
    }


def sellers(account: Account, order: Order) -> list[dict[str, object]]:
    found: list[dict[str, object]] = []
    for seller in dict.fromkeys(line.seller for line in order.lines):
        owner = account.name if seller == "1" else seller
        endpoint = f"http://fulfillment.vtexcommerce.com.br/api/fulfillment?an={owner}"
        found.append({"id": seller, "name": owner, "logo": "", "fulfillmentEndpoint": endpoint})
    return found


def profile(person: Person) -> dict[str, object]:
    nothing = (
        "corporateName",
        "tradeName",
        "corporateDocument",
        "stateInscription",
        "corporatePhone",
        "customerClass",
        "customerCode",
    )
    return {
        "id": "clientProfileData",
        "email": person.email,
        "firstName": person.first_name,
        "lastName": person.last_name,
        "documentType": "cpf",
        "document": person.document,
        "phone": person.phone,
        "isCorporate": False,
        "userProfileId": f"profile-{person.document}",
        "userProfileVersion": None,
        **dict.fromkeys(nothing),
    }


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


def payment(order: Order, person: Person, amount: int) -> dict[str, object]:
    one = {
        "id": f"PAY{order.sequence}",
        "paymentSystem": "2",
        "paymentSystemName": "Visa",
        "value": amount,
        "installments": 1,
        "referenceValue": amount,
        "cardHolder": person.full_name,
        "lastDigits": person.document[:4],
        "group": "creditCard",
    }
    transaction = {
        "isActive": True,
        "transactionId": f"TX{order.sequence}",
        "merchantName": "",
        "payments": [one],
    }
    return {"transactions": [transaction], "giftCards": []}


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
