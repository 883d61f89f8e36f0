"""Reservations (F5.4)."""

from reconciler.vtex import payloads
from reconciler.vtex.endpoints.base import Endpoints
from reconciler.vtex.limits import Family
from reconciler.vtex.pages import read_all
from reconciler.vtex.request import Request, path

_RESERVATIONS = "/api/logistics/pvt/inventory/reservations"


class ReservationEndpoints(Endpoints):
    def get_reservation(self, lock_id: str) -> payloads.Reservation:
        """One lock. NotFound also for VTEX's null (U3)."""
        request = Request(path(f"{_RESERVATIONS}/{{}}", lock_id), Family.RESERVATION, null_is_missing=True)
        return self._read(request, payloads.Reservation)[0]

    def list_reservations(
        self, warehouse_id: str, sku_id: str, page: int = 1, per_page: int = 100
    ) -> payloads.ReservationPage:
        """One page of what holds stock of the SKU in the warehouse."""
        return self._read(_list_request(warehouse_id, sku_id, page, per_page), payloads.ReservationPage)[0]

    def list_all_reservations(self, warehouse_id: str, sku_id: str) -> payloads.ReservationList:
        """All pages. Look at `complete` before concluding anything from what is not in it."""
        return read_all(
            lambda page: self._read(_list_request(warehouse_id, sku_id, page, 100), payloads.ReservationPage),
            most_pages=self.settings.most_pages,
        )

    def cancel_reservation(self, lock_id: str) -> payloads.WriteAnswer:
        """Release everything the lock holds, in every SKU and warehouse; irreversible (F5.3)."""
        return self._act(lock_id, "cancel")

    def acknowledge_reservation(self, lock_id: str) -> payloads.WriteAnswer:
        """From now on the next count of each of its pairs releases it (F5.4)."""
        return self._act(lock_id, "acknowledge")

    def _act(self, lock_id: str, verb: str) -> payloads.WriteAnswer:
        return self._write("POST", path(f"{_RESERVATIONS}/{{}}/{verb}", lock_id), Family.RESERVATION_ACTION)


def _list_request(warehouse_id: str, sku_id: str, page: int, per_page: int) -> Request:
    return Request(
        path(f"{_RESERVATIONS}/{{}}/{{}}", warehouse_id, sku_id),
        Family.RESERVATION_LIST,
        query={"page": str(page), "perPage": str(per_page)},
    )
