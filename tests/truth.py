"""Compares what the product says with what the sandbox knows to be true."""

from __future__ import annotations

from typing import Any

from reconciler.models import Finding, VtexAccount
from reconciler.sandbox.server import SandboxServer

STUCK = {
    "order_canceled",
    "handling_skipped",
    "count_not_updated",
    "authorization_expired",
    "order_missing",
    "lock_superseded",
    "cancel_incomplete",
}

Subject = tuple[str, str]
"""("lock" | "order" | "pair", id)"""


def said(account: VtexAccount, *, confirmed: bool = True) -> dict[Subject, set[str]]:
    """Causes by subject as the findings have them; with confirmed=False, those of open ones not due yet."""
    rows = Finding.objects.filter(account=account).open().exclude(cause="could_not_tell")
    rows = rows.filter(confirmed_at__isnull=not confirmed)
    found: dict[Subject, set[str]] = {}
    for row in rows.select_related("order", "reservation", "balance"):
        found.setdefault(_subject(row), set()).add(row.cause)
    return found


def untold(account: VtexAccount) -> set[str]:
    """Locks, and pairs as sku@warehouse, of which the product says that it could not tell."""
    return set(Finding.objects.filter(account=account).could_not_tell().values_list("subject", flat=True))


def _subject(row: Finding) -> Subject:
    if row.cause in STUCK and row.reservation:
        return "lock", row.reservation.lock_id
    if row.balance:
        return "pair", f"{row.balance.sku_id}@{row.balance.warehouse_id}"
    assert row.order, row
    return "order", row.order.order_id


def true(entries: list[dict[str, Any]]) -> dict[Subject, str]:
    """Due causes by subject, unreadable ones left out."""
    return {_named(each): each["cause"] for each in entries if each["cause"] and not each["unreadable"]}


def _named(entry: dict[str, Any]) -> Subject:
    if entry["subject"] == "lock":
        return "lock", entry["lock_id"]
    if entry["subject"] == "order":
        return "order", entry["order_id"]
    return "pair", "@".join([entry["items"][0]["sku"], entry["items"][0]["warehouse"]])


def kept_back(entries: list[dict[str, Any]], told: set[str]) -> list[str]:
    """Unreadable locks about which `told` is silent. Where the list of a pair cannot be read, its lock is not
    known at all: then the pair must be told of.
    """
    unreadable = [each for each in entries if each["unreadable"] and each["items"]]
    assert unreadable, "the scenario must hold some"
    return [each["lock_id"] for each in unreadable if told.isdisjoint(_told_by(each))]


def _told_by(entry: dict[str, Any]) -> set[str]:
    if entry["unreadable"] != "pair":
        return {entry["lock_id"]}
    return {f"{item['sku']}@{item['warehouse']}" for item in entry["items"]}


def wrong(account: VtexAccount, sandbox: SandboxServer) -> list[str]:
    """Everything the product says that is not so: another cause, or a cause where there is none."""
    entries = sandbox.control.truth()
    truth, half_read = true(entries), _half_read(entries)
    return [
        f"{subject}: said {sorted(causes)}, true {truth.get(subject)}"
        for subject, causes in sorted(said(account).items())
        if causes != {truth.get(subject)} and subject not in half_read
    ]


def _half_read(entries: list[dict[str, Any]]) -> set[Subject]:
    """Locks over several pairs of which one cannot be listed: the sandbox judges them as a whole, the product
    what it can read of them.
    """
    several = [each for each in entries if each["unreadable"] == "pair" and len(each["items"]) > 1]
    return {_named(each) for each in several}


def missed(account: VtexAccount, sandbox: SandboxServer) -> list[str]:
    """Everything true that the product does not say."""
    found = said(account)
    truth = true(sandbox.control.truth())
    return [
        f"{subject}: {cause}"
        for subject, cause in sorted(truth.items())
        if cause not in found.get(subject, ())
    ]
