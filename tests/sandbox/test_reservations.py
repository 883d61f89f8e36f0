"""What reservations do when they are canceled, acknowledged, confirmed or left alone (F5)."""

from .conftest import Caller

SKIPPED = {"state": "confirmed", "order_status": "invoiced", "quantity": 2, "left": 2}


def test_a_cancel_gives_back_every_sku_and_warehouse_of_the_lock(vtex: Caller) -> None:
    vtex.control.situation(sku="9001", warehouse="CD_SP", total=5)
    (made,) = vtex.situation({**SKIPPED, "more": [{"sku": "9001", "warehouse": "CD_SP", "quantity": 3}]})
    assert vtex.balance("9001", "CD_SP")["reservedQuantity"] == 3
    assert vtex.cancel(made["lock_id"]).status == 200
    assert vtex.balance()["reservedQuantity"] == 0
    assert vtex.balance("9001", "CD_SP")["reservedQuantity"] == 0
    assert vtex.lock(made["lock_id"]).body["Status"] == 5


def test_a_cancel_touches_neither_the_total_nor_the_order(vtex: Caller) -> None:
    (made,) = vtex.situation(SKIPPED)
    vtex.cancel(made["lock_id"])
    assert vtex.balance()["totalQuantity"] == 10
    assert vtex.order(made["order_id"])["status"] == "invoiced"


def test_canceling_again_changes_nothing_more(vtex: Caller) -> None:
    (made,) = vtex.situation(SKIPPED)
    vtex.cancel(made["lock_id"])
    assert vtex.cancel(made["lock_id"]).status == 200
    assert vtex.balance()["reservedQuantity"] == 0


def test_canceling_what_a_count_removed_drives_reserved_below_zero(vtex: Caller) -> None:
    (made,) = vtex.situation({**SKIPPED, "state": "acknowledged"})
    vtex.patch(8)
    assert vtex.balance()["reservedQuantity"] == 0
    vtex.cancel(made["lock_id"])
    assert vtex.balance()["reservedQuantity"] == -2


def test_a_phantom_is_in_no_list_but_in_reserved_until_it_is_canceled_again(vtex: Caller) -> None:
    (made,) = vtex.situation({**SKIPPED, "order_status": "canceled", "left": 0, "phantom": True})
    assert vtex.listed() == []
    assert vtex.balance()["reservedQuantity"] == 2
    assert vtex.lock(made["lock_id"]).body["Status"] == 3
    vtex.cancel(made["lock_id"])
    assert vtex.balance()["reservedQuantity"] == 0


def test_an_acknowledged_reservation_still_reads_confirmed_and_only_the_list_shows_when(vtex: Caller) -> None:
    (made,) = vtex.situation(SKIPPED)
    assert vtex.listed()[0]["DateUtcAcknowledgedOnBalanceSystem"] == "0001-01-01T00:00:00"
    assert vtex.acknowledge(made["lock_id"]).status == 200
    row = vtex.listed()[0]
    assert row["Status"] == "Confirmed"
    assert row["DateUtcAcknowledgedOnBalanceSystem"].startswith("2026-03-02T12:00:00")
    assert "Acknowledged" not in str(vtex.lock(made["lock_id"]).body)


def test_an_authorised_reservation_expires_at_its_last_moment_and_gives_its_units_back(vtex: Caller) -> None:
    made = vtex.control.order("1001", "1_1", 2, fate="unpaid")
    vtex.control.advance(days=4, hours=23)
    assert vtex.balance("1001")["reservedQuantity"] == 2
    vtex.control.advance(hours=2)
    assert vtex.balance("1001")["reservedQuantity"] == 0
    lock = vtex.lock(made["lock_ids"][0]).body
    assert (lock["Status"], lock["IsSucess"]) == (4, True)


def test_a_confirmed_reservation_never_expires(vtex: Caller) -> None:
    vtex.situation({**SKIPPED, "max_confirmation_hours": -500})
    vtex.control.advance(days=400)
    assert len(vtex.listed()) == 1


def test_the_list_comes_in_pages_that_start_at_one(vtex: Caller) -> None:
    vtex.situation(*[{**SKIPPED, "age_hours": 96 + n} for n in range(5)], total=50)
    base = "/api/logistics/pvt/inventory/reservations/1_1/9000"
    pages = [vtex("GET", f"{base}?page={number}&perPage=2").body for number in (1, 2, 3, 4)]
    assert [len(page["items"]) for page in pages] == [2, 2, 1, 0]
    assert pages[0]["paging"] == {"page": 1, "perPage": 2, "total": 5, "pages": 3}
    assert len({row["LockId"] for page in pages for row in page["items"]}) == 5


def test_more_than_two_thousand_active_reservations_are_too_many_to_list(vtex: Caller) -> None:
    vtex.control.settings(max_active_reservations=2)
    vtex.situation(SKIPPED, SKIPPED, SKIPPED)
    refused = vtex("GET", "/api/logistics/pvt/inventory/reservations/1_1/9000")
    assert (refused.status, refused.body["error"]["message"]) == (400, "Too many active reservation!")
    assert vtex("GET", "/api/logistics/pvt/inventory/items/9000/warehouses/1_1/dispatched").status == 400


def test_warehouses_that_differ_in_case_alone_are_two(vtex: Caller) -> None:
    vtex.control.situation(sku="9000", warehouse="cd_sp", total=3)
    vtex.control.situation(sku="9000", warehouse="CD_SP", total=4)
    assert vtex.balance("9000", "cd_sp")["totalQuantity"] == 3
    assert vtex.balance("9000", "CD_SP")["totalQuantity"] == 4


def test_ids_with_slashes_blanks_dots_and_accents_are_found(vtex: Caller) -> None:
    vtex.control.situation(sku="9000", warehouse="Loja nº 1/á.~", total=4, locks=[SKIPPED])
    assert len(vtex.listed("Loja%20n%C2%BA%201%2F%C3%A1.~")) == 1


def test_a_sku_with_a_leading_zero_is_another_sku(open_sandbox: object) -> None:
    vtex: Caller = open_sandbox(scenario="small")  # type: ignore[operator]
    ids = vtex("GET", "/api/catalog_system/pvt/sku/stockkeepingunitids?page=1&pagesize=1000").body
    assert "0123" in ids
    assert 123 in ids
    names = {
        vtex("GET", f"/api/catalog_system/pvt/sku/stockkeepingunitbyid/{sku}").body["SkuName"]
        for sku in ("0123", 123)
    }
    assert len(names) == 2
