"""Balances, warehouses and SKUs (F6.1, F7, F8)."""

from .. import stock
from ..account import Account
from ..state import Pair, Sku, Warehouse

ALIKE: dict[str, object] = {
    "ComplementName": "",
    "IsActive": True,
    "IsTransported": True,
    "IsInventoried": True,
    "IsGiftCardRecharge": False,
    "CSCIdentification": None,
    "BrandId": "1",
    "BrandName": "Marca da Casa",
    "ManufacturerCode": "",
    "Services": [],
    "Categories": [],
    "CategoriesFullPath": ["/1/"],
    "Attachments": [],
    "Collections": [],
    "SalesChannels": [1],
    "SkuSpecifications": [],
    "ProductSpecifications": [],
    "ProductClustersIds": "",
    "ProductCategoryIds": "/1/",
    "ProductGlobalCategoryId": None,
    "ProductCategories": {"1": "Pet shop"},
    "CommercialConditionId": 1,
    "RewardValue": 0.0,
    "EstimatedDateArrival": None,
    "MeasurementUnit": "un",
    "UnitMultiplier": 1.0,
    "InformationSource": "Indexer",
    "ModalType": None,
}
"""What all SKUs of this store have in common."""


def balances(account: Account, sku_id: str) -> dict[str, object]:
    rows = [_balance(account, pair) for (sku, _), pair in account.pairs.items() if sku == sku_id]
    return {"skuId": sku_id, "balance": rows}


def _balance(account: Account, pair: Pair) -> dict[str, object]:
    return {
        "warehouseId": pair.warehouse,
        "warehouseName": account.warehouses[pair.warehouse].name,
        "totalQuantity": stock.total(account, pair),
        "reservedQuantity": stock.reserved(account, pair),
        "hasUnlimitedQuantity": pair.unlimited,
        "timeToRefill": None,
        "dateOfSupplyUtc": None,
        "leadTime": pair.lead_time,
    }


def item_rows(account: Account, pair: Pair) -> list[dict[str, object]]:
    """One row a dock."""
    row = {
        "skuId": pair.sku,
        "warehouseId": pair.warehouse,
        "dockId": account.warehouses[pair.warehouse].dock,
        "totalQuantity": stock.total(account, pair),
        "reservedQuantity": stock.reserved(account, pair),
        "availableQuantity": stock.available(account, pair),
        "isUnlimited": pair.unlimited,
        "salesChannel": ["1"],
        "deliveryChannels": ["delivery", "pickup-in-point"],
        "timeToRefill": None,
        "dateOfSupplyUtc": None,
        "supplyLotId": pair.lot,
        "keepSellingAfterExpiration": False,
        "transfer": None,
    }
    return [row]


def dispatched(account: Account, pair: Pair) -> list[dict[str, object]]:
    row = {
        "skuId": pair.sku,
        "warehouseId": pair.warehouse,
        "quantity": stock.total(account, pair),
        "isUnlimitedQuantity": pair.unlimited,
        "totalReservedQuantity": stock.reserved(account, pair),
        "dispatchedReservationsQuantity": stock.dispatched(account, pair),
        "availableQuantity": stock.available(account, pair),
    }
    return [row]


def lots(account: Account, pair: Pair) -> list[dict[str, object]]:
    if pair.lot is None:
        return []
    quantities = {
        "totalQuantity": stock.total(account, pair),
        "reservedQuantity": stock.reserved(account, pair),
    }
    return [{"skuId": pair.sku, "warehouseId": pair.warehouse, "supplyLotId": pair.lot, **quantities}]


def warehouse(one: Warehouse) -> dict[str, object]:
    return {
        "id": one.id,
        "name": one.name,
        "warehouseDocks": [{"dockId": one.dock, "name": one.dock, "time": "00:00:00", "cost": 0.0}],
        "pickupPointIds": [],
        "priority": 0,
        "isActive": one.active,
    }


def listed_id(sku_id: str) -> int | str:
    """A number as VTEX lists it; ids with leading zeros, which are other SKUs (F6.9), stay text."""
    return int(sku_id) if str(sku_id).isdigit() and str(int(sku_id)) == sku_id else sku_id


def sku(account: Account, one: Sku) -> dict[str, object]:
    sizes = {"cubicweight": 1.0, "height": 10.0, "length": 10.0, "weight": 1000.0, "width": 10.0}
    number = listed_id(one.id)
    picture = f"https://{account.name}.vteximg.com.br/arquivos/ids/{one.product}-55-55"
    seller = {
        "SellerId": "1",
        "StockKeepingUnitId": number,
        "SellerStockKeepingUnitId": one.id,
        "IsActive": True,
        "FreightCommissionPercentage": 0.0,
        "ProductCommissionPercentage": 0.0,
    }
    return {
        **ALIKE,
        "Id": number,
        "ProductId": one.product,
        "NameComplete": one.name,
        "ProductName": one.name,
        "ProductDescription": one.name,
        "SkuName": one.name,
        "ProductRefId": one.ref,
        "ImageUrl": picture,
        "DetailUrl": f"/{one.product}/p",
        "Dimension": sizes,
        "RealDimension": {
            f"real{name[0].upper()}{name[1:]}": size for name, size in sizes.items() if name != "cubicweight"
        }
        | {"realCubicWeight": 1.0},
        "IsKit": bool(one.kit),
        "KitItems": [part for part, _ in one.kit],
        "SkuSellers": [seller],
        "Images": [{"ImageUrl": picture, "ImageName": "", "FileId": one.product}],
        "AlternateIds": {"Ean": one.ean, "RefId": one.ref},
        "AlternateIdValues": [one.ean, one.ref],
    }
