"""What VTEX says of customers never stays: not in the database file, the logs, the pages, the files or the
command line.

The sandbox plants names, e-mails, documents, telephones, streets and notes of people who do not exist, made
up at run time, in every order and in its error messages.
"""

from __future__ import annotations

import logging
import re
from collections.abc import Callable, Iterator
from io import StringIO
from pathlib import Path
from typing import Any

import pytest
from django.contrib.auth.models import User
from django.core.management import CommandError, call_command
from django.db import connection
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from reconciler.models import Cause, Finding, Order, Reservation, Role, StockBalance, VtexAccount
from reconciler.sandbox.server import SandboxServer
from tests import factories
from tests.conftest import store_at

pytestmark = [pytest.mark.sqlite, pytest.mark.django_db(transaction=True)]

FAULTS = ["error_500", "login_html", "truncated_json", "reset_mid_body", "dotnet_error", "rate_limited"]
PAGES = [
    "overview",
    "stuck",
    "stuck_csv",
    "recurrence",
    "recurrence_csv",
    "orders",
    "stock",
    "attempts",
    "audit",
    "audit_csv",
    "audit_jsonl",
    "sync",
]


@pytest.fixture
def sandbox(start_sandbox: Callable[..., SandboxServer]) -> SandboxServer:
    return start_sandbox(scenario="small", transition_seconds=0, inventory_lock_seconds=0)


@pytest.fixture
def store(quick: Any, sandbox: SandboxServer, transactional_db: None) -> VtexAccount:
    quick.STORES = {"luxstore": store_at(sandbox)}
    return factories.account("luxstore")


@pytest.fixture
def client(store: VtexAccount, signed_in: Callable[[User], Client]) -> Client:
    return signed_in(factories.user("everybody", *Role.values, store=store))


def at(name: str, **ids: object) -> str:
    return reverse(name, kwargs={"account": "luxstore", **ids})


def run(command: str, *given: str) -> str:
    out = StringIO()
    try:
        call_command(command, *given, stdout=out, stderr=out)
    except CommandError as error:
        out.write(str(error))
    except SystemExit:
        pass
    return out.getvalue()


def read(answer: Any) -> str:
    return b"".join(answer.streaming_content if answer.streaming else [answer.content]).decode()


def commands() -> Iterator[str]:
    yield run("sync", "--json")
    yield run("settle")
    yield run("stuck", "--all", "--format", "json")
    yield run("stuck", "--all", "--format", "csv")
    yield run("check_vtex")
    yield run("audit_export", "--format", "jsonl")


def pages(client: Client) -> Iterator[str]:
    yield from (read(client.get(at(page))) for page in PAGES)
    for order in Order.objects.all():
        yield read(client.get(at("order", order_id=order.order_id)))
        yield read(client.get(at("orders") + f"?q={order.order_id}", follow=True))
        yield read(client.get(at("search"), {"q": order.sequence}, follow=True))
        yield from packs(client, "order", order_id=order.order_id)
    for lock in Reservation.objects.all()[:30]:
        yield read(client.get(at("reservation", lock_id=lock.lock_id)))
        yield from packs(client, "reservation", lock_id=lock.lock_id)
    for pair in StockBalance.objects.all()[:10]:
        yield read(client.get(at("stock_item", sku_id=pair.sku_id, warehouse_id=pair.warehouse_id)))
        yield from packs(client, "stock", sku_id=pair.sku_id, warehouse_id=pair.warehouse_id)


def packs(client: Client, subject: str, **ids: str) -> Iterator[str]:
    """What is pasted into tickets, and sent as a file."""
    for form in ("ticket", "pack"):
        yield read(client.get(at(f"{subject}_{form}", **ids)))


def acts(client: Client) -> Iterator[str]:
    """One action of each kind, the second time over faults."""
    for finding in Finding.objects.filter(cause=Cause.ORDER_CANCELED, remedy="cancel_reservation")[:3]:
        yield act(client, at("reservation_cancel", lock_id=finding.subject), {})
    for finding in Finding.objects.filter(cause=Cause.HANDLING_OVERDUE)[:3]:
        yield act(client, at("order_start_handling", order_id=finding.subject), {})
    for pair in StockBalance.objects.filter(reserved__gt=0, unlimited=False)[:3]:
        entries = {"counted": str(pair.total), "counted_at": timezone.now().isoformat()}
        yield act(client, at("stock_count", sku_id=pair.sku_id, warehouse_id=pair.warehouse_id), entries)


def act(client: Client, url: str, entries: dict[str, str]) -> str:
    shown = client.get(url, entries)
    preview = shown.context["preview"]
    if preview is None:
        return read(shown)
    answers = {pair.question_field: "no" for pair in preview.pairs if preview.question_needed}
    given = {**entries, **answers, "token": preview.token, "reason": "goods are here", "confirm": "yes"}
    return read(shown) + read(client.post(url, given, follow=True))


def whole_database() -> str:
    """Every byte of the file and of its journal, remains of deleted rows among them."""
    file = Path(connection.settings_dict["NAME"])
    parts = [file, file.with_name(f"{file.name}-wal")]
    return "".join(part.read_bytes().decode("latin-1") for part in parts if part.exists())


def test_nothing_of_a_customer_stays(
    client: Client, store: VtexAccount, sandbox: SandboxServer, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    said = [*commands(), *pages(client), *acts(client)]
    assert store.attempts.filter(outcome="verified").count() >= 3
    for fault in FAULTS:
        sandbox.control.clear_faults()
        sandbox.control.fault(".", fault, probability=0.5, seed=3, always=True, retry_after=0)
        said += [*acts(client), run("sync", "--sweep"), run("settle")]
    sandbox.control.clear_faults()
    said += [*commands(), *pages(client), caplog.text, whole_database()]
    everything = "\n".join(said)
    planted = sandbox.control.canaries()
    assert len(planted) > 100
    assert found(planted, everything) == []


def found(planted: list[str], text: str) -> list[str]:
    """Canaries in the text: whole, or escaped as JSON and HTML do."""
    lowered = text.lower()
    return [
        canary
        for canary in planted
        if canary.lower() in lowered or re.sub(r"\s", "+", canary.lower()) in lowered
    ]
