from typing import Any

import msgspec
import pytest

from reconciler.vtex import payloads
from tests.vtex.test_payloads_orders import decode

ROW = {"LockId": "00-v1-01", "Quantity": 2, "DateUtcAcknowledgedOnBalanceSystem": "0001-01-01T00:00:00"}


@pytest.mark.parametrize(
    ("raw", "code", "name"),
    [
        (2, 2, "Confirmed"),
        (2.0, 2, "Confirmed"),
        ("3", 3, "Canceled_AbortedCommitted"),
        ("Authorized", 1, "Authorized"),
        (9, 9, "9"),
        ("Surprise", None, "Surprise"),
        (None, None, ""),
    ],
)
def test_a_status_by_id_is_known_by_number_and_name(raw: object, code: int | None, name: str) -> None:
    reservation = decode(payloads.Reservation, LockId="00-v1-01", Status=raw, SlaRequest=[])
    assert (reservation.status_code, reservation.status) == (code, name)


@pytest.mark.parametrize(
    "spelling",
    [
        {"wareHouseId": "CD/SP"},
        {"warehouseId": "CD/SP"},
        {"item": {"id": "10", "quantity": 1, "warehouseId": "CD/SP"}},
        {"item": {"id": "10", "quantity": 1, "wareHouseId": "CD/SP"}},
    ],
)
def test_the_warehouse_of_a_reserved_item_is_found_in_every_spelling(spelling: dict[str, Any]) -> None:
    sla = {"item": {"id": 10, "quantity": 1.0}, **spelling}
    item = decode(payloads.Reservation, LockId="00-v1-01", Status=2, SlaRequest=[sla]).items[0]
    assert (item.sku_id, item.quantity, item.warehouse_id) == ("10", 1, "CD/SP")


def test_the_customers_place_is_not_read() -> None:
    sla = {"item": {"id": "10", "quantity": 1}, "location": {"zipCode": "person-to-forget"}}
    reservation = decode(payloads.Reservation, LockId="00-v1-01", Status=2, SlaRequest=[sla])
    assert "person-to-forget" not in repr(reservation)


def test_an_item_of_the_list_is_acknowledged_when_it_has_a_real_date() -> None:
    later = {**ROW, "DateUtcAcknowledgedOnBalanceSystem": "2024-05-01T17:14:40.49"}
    paging = {"page": 1, "perPage": 100, "total": 2, "pages": 1}
    first, second = decode(payloads.ReservationPage, items=[ROW, later], paging=paging).items
    assert first.acknowledged_at is None
    assert second.acknowledged_at.isoformat() == "2024-05-01T17:14:40.490000+00:00"
    assert (first.status, first.internal_status) == ("", "")


@pytest.mark.parametrize("missing", ["LockId", "Quantity", "DateUtcAcknowledgedOnBalanceSystem"])
def test_an_item_without_what_decides_is_refused(missing: str) -> None:
    row = {name: value for name, value in ROW.items() if name != missing}
    with pytest.raises(msgspec.ValidationError, match=missing):
        decode(payloads.ReservationPage, items=[row], paging={"total": 1, "pages": 1})


def test_a_list_that_is_null_is_not_an_empty_one() -> None:
    with pytest.raises(msgspec.ValidationError):
        decode(payloads.ReservationPage, items=None, paging={"total": 0, "pages": 0})


def test_balances_are_signed_and_found_by_the_exact_warehouse() -> None:
    row = {"warehouseId": "A b", "totalQuantity": -1, "reservedQuantity": -3, "hasUnlimitedQuantity": None}
    inventory = decode(payloads.SkuInventory, skuId=10, balance=[{**row, "leadTime": "1.00:00:00"}])
    balance = inventory.balance_in("A b")
    assert (inventory.sku_id, balance.total_quantity, balance.reserved_quantity) == ("10", -1, -3)
    assert (balance.available_quantity, balance.unlimited, balance.lead_time) == (2, False, "1.00:00:00")
    assert inventory.balance_in("a b") is None


@pytest.mark.parametrize("name", ["totalQuantity", "reservedQuantity"])
def test_a_balance_without_a_number_is_refused(name: str) -> None:
    row = {"warehouseId": "A", "totalQuantity": 1, "reservedQuantity": 1, name: None}
    with pytest.raises(msgspec.ValidationError, match=name):
        decode(payloads.SkuInventory, skuId="10", balance=[row])


def test_sku_ids_are_strings_and_keep_their_zeros() -> None:
    assert payloads.decode(b'[1, "0123", 3.0]', list[payloads.Id]) == ["1", "0123", "3"]


def test_a_sku_has_its_labels() -> None:
    sku = decode(
        payloads.Sku,
        Id=10,
        NameComplete="Ball",
        IsActive=True,
        IsKit=False,
        AlternateIds={"Ean": None, "RefId": "R"},
    )
    assert (sku.id, sku.name, sku.ref_id, sku.ean, sku.is_active) == ("10", "Ball", "R", "", True)
    assert decode(payloads.Sku, Id=10).ref_id == ""
