"""Verdicts into findings: opened once, updated in place, closed when the condition is gone."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from datetime import datetime
from typing import Any

from django.db import transaction

from reconciler.diagnosis.facts import Pair
from reconciler.diagnosis.mirror.pairs import balances_of
from reconciler.diagnosis.values import Prices
from reconciler.diagnosis.verdicts import Evidence, Verdict
from reconciler.ids import pair_subject
from reconciler.models import Finding, Order, Reservation, VtexAccount
from reconciler.models.listed import TELLING

_SUBJECT_LENGTH = 250
_FIELDS = (
    "reservation_id", "order_id", "balance_id", "remedy", "since", "due_at", "facts_read_at", "confirmed_at",
    "evidence", "telling", "not_causes", "reason", "items", "units", "value_cents", "currency", "value_kind",
)  # fmt: skip
_WRITTEN = tuple(name.removesuffix("_id") for name in _FIELDS)


def save(
    account: VtexAccount,
    verdicts: Collection[Verdict],
    *,
    locks: Collection[str],
    pairs: Collection[Pair],
    now: datetime,
) -> None:
    """Makes the open findings on these subjects exactly the verdicts, in one short transaction."""
    rows = _Rows(account, verdicts, pairs)
    wanted = {(rows.subject(verdict), verdict.cause.value): rows.values(verdict) for verdict in verdicts}
    subjects = {*locks, *(subject_of(pair, rows.balances.get(pair)) for pair in pairs)}
    with transaction.atomic():
        opened = Finding.objects.select_for_update().filter(account=account, subject__in=subjects).open()
        known = {(each.subject, each.cause): each for each in opened.order_by("pk")}
        _open(account, {key: wanted[key] for key in wanted.keys() - known.keys()}, now)
        _update([(known[key], wanted[key]) for key in wanted.keys() & known.keys()], now)
        gone = [finding.pk for key, finding in known.items() if key not in wanted]
        Finding.objects.filter(pk__in=gone).update(closed_at=now, updated_at=now)


def subject_of(pair: Pair, balance_id: int | None) -> str:
    """`sku@warehouse`, or the row's number where ids are too long for the index."""
    subject = pair_subject(*pair)
    return subject if len(subject) <= _SUBJECT_LENGTH else f"balance {balance_id}"


def _open(account: VtexAccount, wanted: dict[tuple[str, str], dict[str, Any]], now: datetime) -> None:
    """A finding that another process opened at the same moment is left to it."""
    fresh = [
        Finding(account=account, subject=subject, cause=cause, opened_at=now, updated_at=now, **values)
        for (subject, cause), values in sorted(wanted.items(), key=lambda entry: entry[0])
    ]
    Finding.objects.bulk_create(fresh, ignore_conflicts=True)


def _update(pairs: Iterable[tuple[Finding, dict[str, Any]]], now: datetime) -> None:
    changed = []
    for finding, values in pairs:
        if finding.confirmed_at and values["confirmed_at"] and finding.due_at == values["due_at"]:
            values = {**values, "confirmed_at": min(finding.confirmed_at, values["confirmed_at"])}
        if any(getattr(finding, name) != value for name, value in values.items()):
            for name, value in values.items():
                setattr(finding, name, value)
            finding.updated_at = now
            changed.append(finding)
    if changed:
        Finding.objects.bulk_create(
            changed, update_conflicts=True, unique_fields=["pk"], update_fields=[*_WRITTEN, "updated_at"]
        )


class _Rows:
    """The rows and prices that findings point to."""

    def __init__(self, account: VtexAccount, verdicts: Collection[Verdict], pairs: Collection[Pair]) -> None:
        self.account = account
        self.prices = Prices(account, verdicts)
        locks, orders = Reservation.objects.filter(account=account), Order.objects.filter(account=account)
        locks = locks.filter(lock_id__in={v.lock_id for v in verdicts if v.lock_id})
        orders = orders.filter(order_id__in={v.order_id for v in verdicts if v.order_id})
        self.locks = dict(locks.values_list("lock_id", "pk"))
        self.orders = {
            order_id: (pk, currency)
            for order_id, pk, currency in orders.values_list("order_id", "pk", "currency")
        }
        self.balances = {pair: row.pk for pair, row in balances_of(account, pairs).items()}

    def subject(self, verdict: Verdict) -> str:
        if verdict.lock_id is not None:
            return verdict.lock_id
        assert verdict.pair is not None, "a verdict is about a lock or a pair"
        return subject_of(verdict.pair, self.balances.get(verdict.pair))

    def values(self, verdict: Verdict) -> dict[str, Any]:
        order, currency = self.orders.get(verdict.order_id or "", (None, ""))
        evidence = [as_json(piece) for piece in verdict.evidence]
        return {
            "reservation_id": self.locks.get(verdict.lock_id or ""),
            "order_id": order,
            "balance_id": self.balances.get(verdict.pair) if verdict.pair else None,
            "remedy": verdict.remedy.value,
            "since": verdict.since,
            "due_at": verdict.due_at,
            "facts_read_at": verdict.read_at,
            "confirmed_at": verdict.read_at if verdict.confirmed else None,
            "evidence": evidence,
            "telling": most_telling(evidence),
            "not_causes": [{"cause": miss.cause.value, "kind": miss.kind} for miss in verdict.near_misses],
            "reason": str(verdict.reason),
            "items": [
                {"sku": item.sku, "warehouse": item.warehouse, "quantity": item.quantity}
                for item in sorted(verdict.held, key=lambda item: item.pair)
            ],
            "units": verdict.units,
            "value_cents": self.prices.value_of(verdict),
            "currency": currency or self.account.currency,
            "value_kind": verdict.value_kind.value,
        }


def most_telling(evidence: list[dict[str, Any]]) -> dict[str, Any] | None:
    """The first piece of the kind that says most; None where none is worth a line in a list."""
    pieces = {piece["kind"]: piece for piece in reversed(evidence)}
    return next((pieces[kind] for kind in TELLING if kind in pieces), None)


def as_json(piece: Evidence) -> dict[str, Any]:
    """Evidence as a finding keeps it: kind, source, time in ISO 8601 and the sentence's parameters."""
    at = piece.at.isoformat() if piece.at else None
    return {"kind": piece.kind, "at": at, "source": piece.source.value, **dict(piece.params)}
