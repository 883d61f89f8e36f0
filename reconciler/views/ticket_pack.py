"""The ticket pack as data: what support needs to know, and nothing of the customer or of our staff.

Its shape is the JSON file; the text says the same. Codes stay VTEX's and ours, words are in the language at
hand, and every time is given in the store's zone and in UTC. Names, addresses and reasons that people typed
are left out: it is pasted into other companies' tools.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import UTC, datetime
from typing import Any
from zoneinfo import ZoneInfo

from django.utils import timezone
from django.utils.translation import get_language

from reconciler.audit.personal import looks_personal
from reconciler.models import Attempt, Order, OrderItem, Reservation, StockBalance
from reconciler.views import saying, ticket_unknown
from reconciler.views.reservation import STATUS_NAMES
from reconciler.views.saying import Said
from reconciler.views.ticket_facts import Facts
from reconciler.views.timeline import Entry, Kind, kinds

FORMAT, VERSION = "inventory-admin.ticket-pack", 1
HIDDEN = "[hidden]"
Data = dict[str, Any]


def pack(facts: Facts) -> Data:
    """Data for JSON. Times are `{"utc": ..., "local": ...}` in ISO 8601 with microseconds, or null."""
    zone, said = ZoneInfo(facts.store.time_zone), [saying.of(finding) for finding in facts.findings]
    made = _Writer(zone)
    return {
        "format": FORMAT,
        "version": VERSION,
        "language": get_language(),
        "made_at": made.time(timezone.now()),
        "store": {"account": facts.store.name, "time_zone": facts.store.time_zone},
        "subject": {"kind": facts.kind, "id": facts.subject},
        "findings": [made.finding(each) for each in said],
        "not_known": ticket_unknown.sentences(facts, said),
        "orders": [made.order(each) for each in facts.orders],
        "reservations": [made.lock(each) for each in facts.locks],
        "stock": [made.balance(each) for each in facts.balances],
        "timeline": [made.entry(each) for each in facts.entries],
        "attempts": [made.attempt(each) for each in facts.attempts],
    }


class _Writer:
    """Rows as data, with the times of one zone."""

    def __init__(self, zone: ZoneInfo) -> None:
        self.zone, self.kinds = zone, {str(kind): str(label) for kind, label in kinds().items()}

    def time(self, at: datetime | None) -> dict[str, str] | None:
        if at is None:
            return None
        utc = at.astimezone(UTC).isoformat(timespec="microseconds").replace("+00:00", "Z")
        return {"utc": utc, "local": at.astimezone(self.zone).isoformat(timespec="microseconds")}

    def finding(self, said: Said) -> Data:
        finding = said.finding
        state = "could_not_tell" if said.reason else "confirmed" if said.due else "to_be_confirmed"
        return {
            "cause": finding.cause,
            "title": said.title,
            "state": state,
            "explanation": said.explanation,
            "reason": said.reason,
            "means": said.means,
            "sure": said.sure,
            "why_sure": said.why_sure,
            "subject": finding.subject,
            "since": self.time(finding.since),
            "due_at": self.time(finding.due_at),
            "confirmed_at": self.time(finding.confirmed_at),
            "facts_read_at": self.time(finding.facts_read_at),
            "remedy": finding.remedy if said.due else None,
            "what_to_do": said.remedy or said.advice,
            "units": finding.units,
            "evidence": [
                {"sentence": piece.sentence, "source": piece.source, "at": self.time(piece.at)}
                for piece in said.evidence
            ],
            "why_not": [{"title": miss.title, "sentence": miss.sentence} for miss in said.near],
            "known_issues": list(said.known_issues),
            "references": [
                {"name": each.name, "says": each.says, "is_known_issue": each.is_issue}
                for each in said.references
            ],
        }

    def order(self, order: Order) -> Data:
        return {
            "order_id": order.order_id,
            "order_group": order.order_group,
            "sequence": order.sequence,
            "seller_order_id": order.seller_order_id,
            "marketplace_order_id": order.marketplace_order_id,
            "origin": order.origin,
            "affiliate_id": order.affiliate_id,
            "sales_channel": order.sales_channel,
            "status": order.status or order.listed_status,
            "workflow_in_error": order.workflow_in_error,
            "created_at": self.time(order.created_at),
            "authorized_at": self.time(order.authorized_at),
            "invoiced_at": self.time(order.invoiced_at),
            "canceled_at": self.time(order.canceled_at),
            "last_change_at": self.time(order.last_change_at),
            "value": order.value_cents / 100,
            "currency": order.currency,
            "workflows": [
                {
                    "instance": flow.instance,
                    "step": flow.current_step,
                    "last_change_at": self.time(flow.last_change_at),
                    "in_error": flow.in_error,
                    "in_automatic_retry": flow.in_retry,
                }
                for flow in order.workflows.all()
            ],
            "items": [_line(item) for item in order.items.all()],
            "read_at": self.time(order.read_at),
            "history_read_at": self.time(order.history_read_at),
        }

    def lock(self, lock: Reservation) -> Data:
        return {
            "lock_id": lock.lock_id,
            "status_code": lock.status_code,
            "status": STATUS_NAMES.get(lock.status_code, ""),
            "sales_channel": lock.sales_channel,
            "reserved_at": self.time(lock.reserved_at),
            "authorized_at": self.time(lock.authorized_at),
            "maximum_confirmation_at": self.time(lock.maximum_confirmation_at),
            "confirmed_at": self.time(lock.confirmed_at),
            "canceled_at": self.time(lock.canceled_at),
            "requested": [
                {name: line.get(name) for name in ("sku", "warehouse", "quantity")} for line in lock.requested
            ],
            "items": [
                {
                    "sku": item.sku_id,
                    "warehouse": item.warehouse_id,
                    "quantity": item.quantity,
                    "status": item.status,
                    "internal_status": item.internal_status,
                    "acknowledged_at": self.time(item.acknowledged_at),
                    "partly_acknowledged": item.partly_acknowledged,
                    "listed": item.gone_at is None,
                    "gone_at": self.time(item.gone_at),
                    "read_at": self.time(item.read_at),
                }
                for item in lock.items.all()
            ],
            "read_by_id_at": self.time(lock.status_read_at),
            "listed_at": self.time(lock.listed_at),
        }

    def balance(self, balance: StockBalance) -> Data:
        listed = balance.listed_units if balance.list_read_at else None
        return {
            "sku": balance.sku_id,
            "name": getattr(balance, "sku_name", "") or "",
            "warehouse": balance.warehouse_id,
            "unlimited": balance.unlimited,
            "total": balance.total,
            "reserved": balance.reserved,
            "available": None if balance.unlimited else balance.available,
            "units_listed": listed,
            "read_at": self.time(balance.read_at),
            "list_read_at": self.time(balance.list_read_at),
        }

    def entry(self, entry: Entry) -> Data:
        ours = entry.kind == Kind.ATTEMPT  # whose source is one of our people
        return {
            "at": self.time(entry.at),
            "after": self.time(entry.since),
            "kind": str(entry.kind),
            "kind_title": self.kinds.get(str(entry.kind), str(entry.kind)),
            "step": entry.step,
            "instances": list(entry.tags),
            "title": entry.title,
            "detail": entry.detail,
            "why": entry.why,
            "source": "" if ours else entry.source,
        }

    def attempt(self, attempt: Attempt) -> Data:
        answer = attempt.answer or {}
        return {
            "id": attempt.pk,
            "action": attempt.verb,
            "title": attempt.get_verb_display(),
            "subject": attempt.subject,
            "state": attempt.state,
            "outcome": attempt.outcome,
            "outcome_title": attempt.get_outcome_display() or attempt.get_state_display(),
            "requested_at": self.time(attempt.created_at),
            "sent_at": self.time(attempt.send_started_at),
            "answered_at": self.time(attempt.answered_at),
            "finished_at": self.time(attempt.finished_at),
            "our_request_id": attempt.request_id,
            "vtex": {
                "status": answer.get("status"),
                "code": answer.get("code") or "",
                "operation_id": answer.get("operation_id") or "",
                "message": _clean(str(answer.get("message") or "")),
            },
        }


def _line(item: OrderItem) -> Data:
    return {
        "index": item.index,
        "sku": item.sku_id,
        "name": item.name,
        "ref_id": item.ref_id,
        "quantity": item.quantity,
        "seller": item.seller_id,
        "lock_id": item.lock_id,
        "deliveries": [
            {name: each.get(name) for name in ("warehouse", "dock", "quantity")} for each in item.deliveries
        ],
    }


def _clean(text: str) -> str:
    """VTEX's message was scrubbed before it was kept; what still looks like a person goes."""
    return HIDDEN if looks_personal(text) else text


def operation_ids(attempts: Iterable[Data]) -> list[str]:
    """VTEX's ids of our requests, for its support; each once."""
    return list(
        dict.fromkeys(each["vtex"]["operation_id"] for each in attempts if each["vtex"]["operation_id"])
    )
