"""The manual count of one pair (F6.2, F6.4), by the arithmetic of `count`."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import replace
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from django.db.models import F, Q
from django.utils import timezone

from reconciler.actions import count, material, previews, reading, wording
from reconciler.actions import facts as mirror
from reconciler.actions.errors import ActionRefused, InvalidEntries
from reconciler.actions.facts import PairFacts
from reconciler.actions.family import Effect, Family, Look
from reconciler.actions.types import PairPreview, Preview, refuse
from reconciler.ids import pair_subject, parse_pair
from reconciler.models import Attempt, ReservationItem, StockChange, Verb, VtexAccount
from reconciler.sync.stock import PairRead
from reconciler.vtex import VtexClient, errors
from reconciler.vtex.payloads import WriteAnswer


class EnterCount(Family[PairFacts]):
    verb = Verb.COUNT

    def mirrored(self, account: VtexAccount, subject: str) -> PairFacts | None:
        return mirror.of_pair(account, *parse_pair(subject))

    def live(
        self, account: VtexAccount, client: VtexClient, subject: str, attempt: Attempt | None = None
    ) -> PairFacts | None:
        return reading.pair(account, client, *parse_pair(subject), attempt)

    def material(self, facts: PairFacts) -> material.Material:
        return material.of_pair(facts)

    def resources(self, facts: PairFacts) -> list[str]:
        return [f"pair:{pair_subject(*facts.pair)}"]

    def preview(
        self, account: VtexAccount, facts: PairFacts, *, read_at: datetime, entries: Mapping[str, str]
    ) -> Preview:
        """The form; with entries also what they come to."""
        plain = Preview(
            verb=self.verb,
            subject=pair_subject(*facts.pair),
            guard=self.guard(account, facts),
            read_at=read_at,
            balance=facts.balance,
            pairs=(_pair(facts),),
            entries=dict(entries),
        )
        if not entries.get("counted", "").strip() or not plain.guard.allowed:
            return plain
        zone = ZoneInfo(account.time_zone)
        counted, errors = count.parse(entries, plain.pairs[0].asked, now=timezone.now(), zone=zone)
        if counted is None:
            raise InvalidEntries(errors, plain)
        return _worked_out(plain, facts, counted)

    def accept(
        self,
        account: VtexAccount,
        facts: PairFacts,
        preview: Preview,
        entries: Mapping[str, str],
        confirm: str,
    ) -> dict[str, str]:
        if preview.to_send is None:
            raise InvalidEntries({"counted": wording.entry("counted_whole")}, preview)
        if not preview.guard.allowed:
            raise ActionRefused(preview.guard.code, preview.guard.params)
        previews.require_confirm(preview.confirm_needed, preview.confirm_text, confirm)
        return dict(preview.entries)

    def bound_entries(self, preview: Preview) -> str:
        return material.digest(dict(preview.entries)) if preview.to_send is not None else ""

    def changed(self, facts: PairFacts, entries: Mapping[str, str]) -> str:
        asked = facts.acknowledged + facts.partly + facts.released
        known = all(count.is_answered(entries, item.reservation.lock_id) for item in asked)
        return "facts_changed" if known else "new_acknowledgement"

    def snapshot(self, facts: PairFacts) -> dict[str, Any]:
        balance = facts.balance
        return {
            **previews.balance_facts(balance),
            "lead_time": balance.lead_time,
            "beyond_list": balance.mismatch_units if balance.bracketed_at == balance.list_read_at else None,
            "acknowledged": [item.reservation.lock_id for item in facts.acknowledged],
            "partly": {item.reservation.lock_id: item.quantity for item in facts.partly},
            "listed": [item.reservation.lock_id for item in facts.items],
        }

    def request(self, facts: PairFacts, attempt: Attempt) -> dict[str, Any]:
        """Stamped with the time of the read that said who is acknowledged, so that all of them go (U6)."""
        read_at = facts.server_date or facts.balance.list_read_at or timezone.now()
        dates = [item.acknowledged_at for item in facts.acknowledged if item.acknowledged_at]
        stamp = count.stamp(read_at, dates)
        return {"method": "PATCH", "quantity": attempt.expected["to_send"], "at": stamp.isoformat()}

    def send(self, client: VtexClient, attempt: Attempt, facts: PairFacts) -> WriteAnswer:
        sku_id, warehouse_id = facts.pair
        sent = attempt.sent or {}
        quantity, at = sent["quantity"], datetime.fromisoformat(sent["at"])
        try:
            return client.patch_quantity(sku_id, warehouse_id, quantity, at)
        except (errors.MethodMissing, errors.NotFound) as error:
            lead_time = facts.balance.lead_time
            if error.code or not lead_time:
                raise
        attempt.sent = {**sent, "method": "PUT", "lead_time": lead_time}
        attempt.save(update_fields=["sent"])
        return client.put_inventory(sku_id, warehouse_id, quantity, lead_time, at)

    def look(self, client: VtexClient, attempt: Attempt) -> Look:
        pair = parse_pair(attempt.subject)
        read = reading.pairs(attempt.account, client, [pair], attempt)[pair]
        facts = mirror.of_pair(attempt.account, *pair)
        if not read.ok or facts is None:
            return Look(Effect.UNCLEAR, {})
        return _look(attempt, facts, read, self.snapshot(facts))


def _pair(facts: PairFacts) -> PairPreview:
    dropped = {item.pk for item in facts.acknowledged}
    partly = {item.pk for item in facts.partly}
    return PairPreview(
        sku_id=facts.balance.sku_id,
        warehouse_id=facts.balance.warehouse_id,
        total_before=facts.balance.total,
        reserved_before=facts.balance.reserved,
        total_after=None,
        reserved_after=_stays(facts),
        releases=tuple(previews.hold(item) for item in facts.acknowledged),
        keeps=tuple(previews.hold(item) for item in facts.items if item.pk not in dropped | partly),
        partly=tuple(previews.hold(item) for item in facts.partly),
        released_before=tuple(previews.hold(item, released=True) for item in facts.released),
        list_read_at=facts.balance.list_read_at,
    )


def _stays(facts: PairFacts) -> int:
    return count.stays_reserved(
        reserved=facts.balance.reserved,
        listed=_units(facts.items),
        released=_units(facts.acknowledged),
    )


def _units(items: Iterable[ReservationItem]) -> dict[str, int]:
    return {item.reservation.lock_id: item.quantity for item in items}


def _worked_out(plain: Preview, facts: PairFacts, counted: count.Count) -> Preview:
    later = count.older_than(counted.counted_at, _seen(facts, counted.counted_at))
    guard = plain.guard
    if later:
        code = "count_older_than_release" if later.lock_id else "count_older_than_change"
        at = timezone.localtime(later.at).strftime("%Y-%m-%d %H:%M:%S")
        guard = refuse(code, at=at, lock_id=later.lock_id)
    is_check = count.changes_nothing(
        total=facts.balance.total,
        to_send=counted.to_send,
        acknowledged=len(facts.acknowledged) + len(facts.partly),
    )
    codes = count.second_look(
        total=facts.balance.total,
        to_send=counted.to_send,
        counted_at=counted.counted_at,
        watched_since=facts.balance.first_seen_at,
    )
    return replace(
        plain,
        guard=guard,
        pairs=(replace(plain.pairs[0], total_after=counted.to_send),),
        confirm_needed=bool(codes),
        confirm_codes=codes,
        entries=count.canonical(counted),
        picked=counted.picked,
        to_send=counted.to_send,
        is_check=is_check,
    )


def _seen(facts: PairFacts, after: datetime) -> list[count.Seen]:
    """Changes of the total, and acknowledged items that vanished, as the mirror saw them."""
    balance = facts.balance
    changes = StockChange.objects.filter(balance=balance, at__gt=after).exclude(total_before=F("total_after"))
    gone = ReservationItem.objects.filter(
        account_id=balance.account_id,
        sku_id=balance.sku_id,
        warehouse_id=balance.warehouse_id,
        gone_at__gt=after,
    ).filter(Q(acknowledged_at__isnull=False) | Q(partly_acknowledged=True))
    seen = [count.Seen(change.at) for change in changes]
    left = gone.values_list("gone_at", "reservation__lock_id")
    return seen + [count.Seen(at, lock_id) for at, lock_id in left if at]


def _look(attempt: Attempt, facts: PairFacts, read: PairRead, after: dict[str, Any]) -> Look:
    """By the total and the disappearance of the listed locks; never by reserved or available."""
    to_send, before = attempt.expected["to_send"], attempt.before
    listed = set(after["listed"])
    promised = attempt.expected["releases"]
    stayed = [lock_id for lock_id in promised if lock_id in listed]
    note = _note(attempt, listed, stayed)
    nothing_dropped = stayed == promised and after["partly"] == before["partly"]
    same_total = to_send == before["total"]
    if facts.balance.total == to_send and not (same_total and nothing_dropped):
        return Look(Effect.PARTLY if stayed else Effect.SHOWN, after, note)
    untouched = facts.balance.total == before["total"] and nothing_dropped
    if untouched and same_total:
        untouched = read.bracketed and facts.balance.mismatch_units == before["beyond_list"]
    return Look(Effect.ABSENT if untouched else Effect.UNCLEAR, after)


def _note(attempt: Attempt, listed: set[str], stayed: list[str]) -> dict[str, Any]:
    """Locks that stayed, and locks that went though the preview did not name them."""
    expected = {*listed, *attempt.expected["releases"]}
    also = [lock_id for lock_id in attempt.before["listed"] if lock_id not in expected]
    note: dict[str, Any] = {"code": "locks_stayed", "params": {"locks": stayed}} if stayed else {}
    return {**note, "also_gone": also} if also else note
