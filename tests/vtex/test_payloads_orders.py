from datetime import UTC, datetime
from typing import Any

import msgspec
import pytest

from reconciler.vtex import payloads


def decode(kind: Any, **body: Any) -> Any:
    return payloads.decode(msgspec.json.encode(body), kind)


def an_order(**changes: Any) -> dict[str, Any]:
    item = {"id": "10", "quantity": 2, "lockId": "00-v1-01", "price": 990, "seller": "1", "components": None}
    return {"orderId": "v1-01", "status": "handling", "items": [item], **changes}


def test_an_order_needs_an_id_and_little_else() -> None:
    order = decode(payloads.Order, orderId="v1-01")
    assert (order.order_id, order.status, order.items, order.cancellation_date) == ("v1-01", "", [], None)
    assert (order.packages, order.logistics, order.currency_code, order.currency_format) == ([], [], "", None)


@pytest.mark.parametrize("body", [{}, {"orderId": None}, {"orderId": ""}, {"orderId": True}])
def test_an_order_without_an_id_is_refused(body: dict[str, Any]) -> None:
    with pytest.raises(msgspec.ValidationError):
        decode(payloads.Order, **body)


def test_a_null_status_is_empty_and_an_unknown_one_stays() -> None:
    assert decode(payloads.Order, **an_order(status=None)).status == ""
    assert decode(payloads.Order, **an_order(status="Brand-New")).status == "Brand-New"


@pytest.mark.parametrize("value", [1160, 1160.0])
def test_whole_amounts_may_come_as_floats(value: float) -> None:
    order = decode(payloads.Order, **an_order(value=value))
    assert order.value == 1160
    assert type(order.value) is int


@pytest.mark.parametrize("quantity", [1.5, "2", True, None])
def test_a_quantity_that_is_no_whole_number_is_refused(quantity: object) -> None:
    with pytest.raises(msgspec.ValidationError, match="quantity"):
        decode(payloads.Order, **an_order(items=[{"id": "10", "quantity": quantity}]))


@pytest.mark.parametrize("name", ["CancellationDate", "cancellationDate"])
def test_both_spellings_of_the_cancellation_are_read(name: str) -> None:
    order = decode(payloads.Order, **an_order(cancellationData={name: "2024-02-11T09:14:41.3695207Z"}))
    assert order.cancellation_date == datetime(2024, 2, 11, 9, 14, 41, 369520, tzinfo=UTC)


def test_lines_know_their_position_and_where_their_units_leave_from() -> None:
    parts = [{"warehouseId": "A", "quantity": 1}, {"warehouseId": "B", "quantity": 2.0}]
    rows = [{"itemIndex": 1, "deliveryIds": parts}, {"itemIndex": 0, "deliveryIds": None}]
    items = [{"id": 10, "quantity": 1, "lockId": None}, {"id": "10", "quantity": 3, "lockId": "00-v1-01"}]
    order = decode(payloads.Order, **an_order(items=items, shippingData={"logisticsInfo": rows}))
    assert [(item.index, item.id, item.lock_id) for item in order.items] == [
        (0, "10", ""),
        (1, "10", "00-v1-01"),
    ]
    assert [(part.warehouse_id, part.quantity) for part in order.deliveries(1)] == [("A", 1), ("B", 2)]
    assert order.deliveries(0) == []
    assert order.lock_ids == ["00-v1-01"]


def test_invoices_are_told_by_type_date_and_units() -> None:
    package = {
        "type": "Output",
        "issuanceDate": "2024-02-09T10:10:20Z",
        "items": [{"itemIndex": 0, "quantity": 1}],
    }
    order = decode(payloads.Order, **an_order(packageAttachment={"packages": [package]}))
    assert order.packages[0].type == "Output"
    assert order.packages[0].issuance_date == datetime(2024, 2, 9, 10, 10, 20, tzinfo=UTC)
    assert order.packages[0].items[0].quantity == 1


def test_personal_data_is_nowhere_in_a_decoded_order() -> None:
    marker = "person-to-forget"
    address = {"receiverName": marker, "street": marker}
    order = decode(
        payloads.Order,
        **an_order(
            clientProfileData={"email": marker, "document": marker},
            cancelReason=marker,
            cancellationData={"Reason": marker},
            shippingData={"address": address, "selectedAddresses": [address], "logisticsInfo": []},
            openTextField={"value": marker},
            followUpEmail=marker,
        ),
    )
    assert marker not in repr(order)
    assert marker not in msgspec.json.encode(order).decode()


def test_a_page_of_the_list_counts_all_pages() -> None:
    row = {
        "orderId": "v1-01",
        "status": None,
        "clientName": "person-to-forget",
        "items": None,
        "totalValue": 10.0,
    }
    paging = {"total": 84, "pages": 6, "currentPage": 1, "perPage": 15}
    page = decode(payloads.OrderPage, list=[row], facets=[], paging=paging)
    assert (page.total, page.pages, page.rows[0].order_id, page.rows[0].total_value) == (84, 6, "v1-01", 10)
    assert "person-to-forget" not in repr(page)


def test_a_document_tells_the_steps_of_each_instance() -> None:
    step = {"stepName": "handling", "date": "2024-09-05T15:00:24.9525178Z", "parentStepName": "x"}
    instance = {
        "name": "Fulfillment",
        "currentStepName": "handling",
        "lastChange": "2024-09-05T15:17:47.9552847Z",
        "isInError": False,
        "isInAutomaticRetry": None,
        "timeLine": [step],
    }
    document = decode(
        payloads.OrderDocument,
        orderId="v1-01",
        canceledBy="a@b.example",
        workflowData={"instances": [instance]},
    )
    assert [(each.name, each.current_step_name) for each in document.instances] == [
        ("Fulfillment", "handling")
    ]
    assert document.instances[0].time_line[0].step_name == "handling"
    assert document.instances[0].is_in_automatic_retry is False
    assert "a@b.example" not in repr(document)


def test_a_document_without_workflow_has_no_instances() -> None:
    assert decode(payloads.OrderDocument, orderId="v1-01", workflowData=None).instances == []
