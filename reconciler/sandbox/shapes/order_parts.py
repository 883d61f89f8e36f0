"""The parts of an order's JSON."""

import hashlib

from ..account import Account
from ..state import Line, Order

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
