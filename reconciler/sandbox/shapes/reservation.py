"""Reservations by id (PascalCase outside, camelCase inside) and as a list (F5.4)."""

from ..account import Account
from ..reservations import Row, shown_status
from ..state import Lock, LockItem
from .dates import naive, offset, or_never


def by_id(account: Account, lock: Lock) -> dict[str, object]:
    return {
        "LastUpdateDateUtc": offset(lock.updated),
        "SalesChannel": "1",
        "LockId": lock.id,
        "ReservationDateUtc": offset(lock.created),
        "MaximumConfirmationDateUtc": offset(lock.max_confirmation),
        "Status": shown_status(account, lock),
        "SlaRequest": [_sla(account, lock, item) for item in lock.items],
        "CanceledDateUtc": or_never(lock.canceled_at),
        "AuthorizedDateUtc": or_never(lock.authorized_at),
        "ConfirmedDateUtc": or_never(lock.confirmed_at),
        "Errors": [],
        "IsSucess": True,
    }


def _sla(account: Account, lock: Lock, item: LockItem) -> dict[str, object]:
    dock = account.warehouses[item.warehouse].dock
    inner: dict[str, object] = {
        "id": item.sku,
        "groupItemId": None,
        "quantity": item.quantity,
        "price": account.skus[item.sku].price / 100,
        "additionalHandlingTime": "00:00:00",
        "dimension": {"weight": 1.0, "height": 1.0, "width": 1.0, "length": 1.0, "maxSumDimension": 3.0},
        "kitItem": [],
        "unlimitedQuantity": account.pairs[item.sku, item.warehouse].unlimited,
        "dockId": dock,
        "warehouseId": item.warehouse,
        "provider": None,
    }
    return {
        "item": inner,
        "slaType": "delivery",
        "slaTypeName": "Normal",
        "freightTableName": "Entrega Normal",
        "freightTableId": "entrega",
        "listPrice": 0.0,
        "promotionalPrice": 0.0,
        "transitTime": "1.00:00:00",
        "dockTime": "00:00:00",
        "totalTime": "1.00:00:00",
        "wareHouseId": item.warehouse,
        "kitReservation": item.kit_of,
        "dockId": dock,
        "location": {"zipCode": "00000000", "country": "BRA", "point": None, "inStore": {}},
        "pickupStoreInfo": None,
        "estimateDate": offset(lock.created + 6 * 86400),
        "deliveryChannel": "delivery",
        "supplyLotId": item.lot,
        "isExternal": False,
    }


def page(rows: list[Row], number: int, per_page: int) -> dict[str, object]:
    start = (number - 1) * per_page
    shown = rows[start : start + per_page]
    pages = -(-len(rows) // per_page)
    return {
        "items": [_row(one) for one in shown],
        "paging": {"page": number, "perPage": per_page, "total": len(rows), "pages": pages},
    }


def _row(row: Row) -> dict[str, object]:
    lock = row.lock
    return {
        "LockId": lock.id,
        "ItemId": row.item.sku,
        "Quantity": row.item.quantity,
        "SalesChannel": "1",
        "ReservationDateUtc": naive(lock.created),
        "MaximumConfirmationDateUtc": naive(lock.max_confirmation),
        "ConfirmedDateUtc": naive(lock.confirmed_at),
        "Status": row.status,
        "DateUtcAcknowledgedOnBalanceSystem": naive(lock.acknowledged_at),
        "InternalStatus": "Dispatched" if lock.acknowledged_at else "Created",
    }
