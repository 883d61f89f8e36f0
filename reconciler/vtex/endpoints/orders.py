"""Orders (F3.4, F3.5, F3.6, F3.8)."""

from datetime import datetime

from reconciler.vtex import payloads, times
from reconciler.vtex.endpoints.base import Endpoints
from reconciler.vtex.limits import Family
from reconciler.vtex.request import Request, path

_ORDERS = "/api/oms/pvt/orders"


class OrderEndpoints(Endpoints):
    def get_order(self, order_id: str) -> payloads.Order:
        """One order, by its id or "seq" and its sequence."""
        request = Request(path(f"{_ORDERS}/{{}}", order_id), Family.ORDER)
        return self._read(request, payloads.Order)[0]

    def get_order_document(self, order_id: str) -> payloads.OrderDocument:
        """The workflow instances and timelines of an order. The key may lack the right: Forbidden."""
        request = Request(path("/api/orders/pvt/document/{}", order_id), Family.ORDER_DOCUMENT)
        return self._read(request, payloads.OrderDocument)[0]

    def list_orders(
        self,
        page: int = 1,
        per_page: int = 100,
        *,
        created_from: datetime | None = None,
        created_to: datetime | None = None,
        status: str | None = None,
        incomplete: bool = False,
        invoiced_from: datetime | None = None,
        invoiced_to: datetime | None = None,
    ) -> payloads.OrderPage:
        """One page, oldest first, so that new orders do not shift the pages. At most 30 pages of 100 (F3.4).

        Both ends of a range are given or neither, and both are included; `status` may be a comma list.
        """
        query = {"page": str(page), "per_page": str(per_page), "orderBy": "creationDate,asc"}
        query |= _range_filter("creationDate", created_from, created_to)
        query |= _range_filter("invoicedDate", invoiced_from, invoiced_to)
        if status:
            query["f_status"] = status
        if incomplete:
            query["incompleteOrders"] = "true"
        return self._read(Request(_ORDERS, Family.ORDER_LIST, query=query), payloads.OrderPage)[0]

    def start_handling(self, order_id: str) -> payloads.WriteAnswer:
        """Move the order to handling; irreversible. NotReadyForHandling when its status is another one."""
        return self._write("POST", path(f"{_ORDERS}/{{}}/start-handling", order_id), Family.ORDER_ACTION)


def _range_filter(field: str, start: datetime | None, end: datetime | None) -> dict[str, str]:
    if start is None and end is None:
        return {}
    if start is None or end is None:
        raise ValueError(f"a range of {field} needs both ends")
    return {f"f_{field}": times.search_range(field, start, end)}
