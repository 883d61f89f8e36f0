"""The plain pass that a full diagnosis is held against: the driver alone fetches what has to be read.

Two figures. `whole`: of every order, flow, reservation and balance of the store the columns that decide
whether it may have a verdict; and of those that may, all the columns that diagnosis reads. `judged`: only
the latter.
"""

import json
import time
from typing import Any

import django

JUDGED = """CREATE TEMPORARY TABLE judged AS
    SELECT DISTINCT r.id AS lock_pk, r.order_id AS order_pk FROM reconciler_reservation r
    JOIN reconciler_reservationitem i ON i.reservation_id = r.id WHERE i.gone_at IS NULL"""
HANGING = """CREATE TEMPORARY TABLE hanging AS
    SELECT DISTINCT order_pk FROM judged WHERE order_pk IS NOT NULL"""

DECIDING = (
    "SELECT id, status, workflow_in_error, read_at FROM reconciler_order",
    "SELECT order_id, current_step FROM reconciler_orderworkflow",
    "SELECT id, lock_id, order_id, status_code FROM reconciler_reservation",
    "SELECT reservation_id, gone_at FROM reconciler_reservationitem",
    "SELECT id, sku_id, warehouse_id, reserved, mismatch_units, list_state FROM reconciler_stockbalance",
)
READ = (
    "SELECT r.id, r.lock_id, r.order_id, r.order_lookup, r.order_lookup_reason, r.order_lookup_at, "
    "r.order_lookup_tried, r.reserved_at, r.maximum_confirmation_at, r.confirmed_at, r.canceled_at, "
    "r.status_code, r.status_read_at, r.requested FROM judged j "
    "JOIN reconciler_reservation r ON r.id = j.lock_pk",
    "SELECT i.reservation_id, i.sku_id, i.warehouse_id, i.quantity, i.status, i.first_seen_at, i.read_at, "
    "i.acknowledged_at, i.partly_acknowledged, i.gone_at FROM judged j "
    "JOIN reconciler_reservationitem i ON i.reservation_id = j.lock_pk",
    "SELECT o.id, o.order_id, o.seller_order_id, o.status, o.read_at, o.first_seen_at, o.workflow_in_error, "
    "o.history_read_at, o.created_at, o.last_change_at, o.invoiced_at, o.canceled_at, o.unreadable_reason, "
    "o.currency FROM hanging h JOIN reconciler_order o ON o.id = h.order_pk",
    "SELECT l.order_id, l.sku_id, l.quantity, l.lock_id, l.price_cents FROM hanging h "
    "JOIN reconciler_orderitem l ON l.order_id = h.order_pk",
    "SELECT w.order_id, w.instance, w.current_step, w.last_change_at, w.read_at, w.in_error FROM hanging h "
    "JOIN reconciler_orderworkflow w ON w.order_id = h.order_pk",
    "SELECT e.order_id, e.instance, e.step, e.at, e.source, e.first_seen_at FROM hanging h "
    "JOIN reconciler_orderstatusevent e ON e.order_id = h.order_pk",
    "SELECT DISTINCT b.id, b.sku_id, b.warehouse_id, b.total, b.reserved, b.read_at, b.unlimited, "
    "b.list_state, b.list_read_at, b.list_tried_at, b.bracketed_at, b.mismatch_units, b.mismatch_since, "
    "b.first_seen_at "
    "FROM judged j JOIN reconciler_reservationitem i ON i.reservation_id = j.lock_pk "
    "JOIN reconciler_stockbalance b ON b.account_id = i.account_id AND b.sku_id = i.sku_id "
    "AND b.warehouse_id = i.warehouse_id",
)


def main() -> None:
    django.setup()
    from django.db import connection

    connection.ensure_connection()
    raw = connection.connection
    if connection.vendor == "sqlite":
        raw.execute("PRAGMA temp_store = MEMORY")
    for statement in (JUDGED, HANGING):
        raw.cursor().execute(statement)
    began = time.process_time()
    read = sum(_seconds(raw, connection.vendor, query) for query in READ)
    judged = time.process_time() - began
    deciding = sum(_seconds(raw, connection.vendor, query) for query in DECIDING)
    own = time.process_time() - began
    print(json.dumps({"whole": deciding + read, "judged": read, "own": own, "own_judged": judged}))


def _seconds(raw: Any, vendor: str, query: str) -> float:
    began = time.perf_counter()
    if vendor == "sqlite":
        _drain(raw.cursor().execute(query))
    else:
        with raw.transaction(), raw.cursor("plain") as cursor:
            cursor.itersize = 2000
            cursor.execute(query)
            _drain(cursor)
    return time.perf_counter() - began


def _drain(cursor: Any) -> None:
    while cursor.fetchmany(2000):
        pass


if __name__ == "__main__":
    main()
