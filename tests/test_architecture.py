"""The tree sweeps itself: every address is guarded, only one writer writes, every action is named."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from django.test import Client
from django.urls import URLPattern, URLResolver, get_resolver

from reconciler.audit import INSTALLATION
from reconciler.audit.sentences import ACTIONS
from reconciler.models import Role
from tests import factories

ROOT = Path(__file__).resolve().parent.parent
STORE = "s/<account:account>/"
OPEN_BY_INTENT = {"healthz", "readyz", "metrics", "hook", "account_login", "set_language"}
ANYBODY_LOGGED_IN = {"stores"}
SAMPLES: dict[str, Any] = {
    "account": "luxstore", "lock_id": "00-1", "order_id": "v1", "sku_id": "1", "warehouse_id": "cd",
    "pk": 1, "sequence": 1,
}  # fmt: skip
Address = tuple[str, URLPattern]


def addresses(resolver: Any = None, before: str = "") -> Iterator[Address]:
    for found in (resolver or get_resolver()).url_patterns:
        route = before + str(found.pattern)
        if isinstance(found, URLResolver):
            yield from addresses(found, route)
        else:
            yield route, found


ALL = list(addresses())
OF_A_STORE = [address for address in ALL if address[0].startswith(STORE)]
OUR_OTHERS = [
    address
    for address in ALL
    if address not in OF_A_STORE and not address[0].startswith("accounts/") and address[1].name
]


def path_of(route: str) -> str:
    for name, sample in SAMPLES.items():
        for converter in ("account", "vid", "int"):
            route = route.replace(f"<{converter}:{name}>", str(sample))
    assert "<" not in route, f"say in SAMPLES what stands for the argument of {route}"
    return f"/{route}"


def ids(found: list[Address]) -> list[str]:
    return [str(pattern.name) for _, pattern in found]


def test_the_walk_finds_the_pages_of_a_store() -> None:
    assert {"overview", "stuck", "reservation_cancel", "stock_count", "audit_verify"} <= set(ids(OF_A_STORE))


@pytest.mark.parametrize(("route", "pattern"), OF_A_STORE, ids=ids(OF_A_STORE))
def test_every_page_of_a_store_wears_the_guard(route: str, pattern: URLPattern) -> None:
    guard = getattr(pattern.callback, "guard", None)
    assert guard is not None, f"{pattern.name} lacks access.store_view"
    assert guard <= set(Role.values)


@pytest.mark.parametrize(("route", "pattern"), OUR_OTHERS, ids=ids(OUR_OTHERS))
def test_every_other_page_is_guarded_or_open_by_intent(route: str, pattern: URLPattern) -> None:
    if pattern.name in OPEN_BY_INTENT | ANYBODY_LOGGED_IN:
        return
    assert getattr(pattern.callback, "guard", None) == {INSTALLATION}, f"{pattern.name} has no guard"


@pytest.mark.django_db
@pytest.mark.parametrize(("route", "pattern"), OF_A_STORE, ids=ids(OF_A_STORE))
@pytest.mark.parametrize("method", ["get", "post"])
def test_nobody_gets_into_a_store_from_outside(route: str, pattern: URLPattern, method: str) -> None:
    factories.account()
    address = path_of(route)
    anonymous = getattr(Client(), method)(address)
    assert (anonymous.status_code, anonymous["Location"].partition("?")[0]) == (302, "/accounts/login/")
    stranger = Client()
    stranger.force_login(factories.user("stranger", Role.ADMIN, store=factories.account("other")))
    assert getattr(stranger, method)(address).status_code == 404


WRITES = [
    (route, pattern)
    for route, pattern in OF_A_STORE
    if (needed := getattr(pattern.callback, "guard", None)) and Role.VIEWER not in needed
]


@pytest.mark.django_db
@pytest.mark.parametrize(("route", "pattern"), WRITES, ids=ids(WRITES))
@pytest.mark.parametrize("role", Role.values)
def test_a_role_that_is_not_named_is_refused(route: str, pattern: URLPattern, role: str) -> None:
    client = Client()
    client.force_login(factories.user("person", Role(role)))
    refused = client.post(path_of(route)).status_code == 403
    assert refused == (not Role(role).included & pattern.callback.guard)  # type: ignore[attr-defined]


@pytest.mark.django_db
@pytest.mark.parametrize("name", sorted(OPEN_BY_INTENT & set(ids(ALL))))
def test_what_is_open_by_intent_shows_nobodys_data(name: str) -> None:
    (route,) = [route for route, pattern in ALL if pattern.name == name]
    assert "<" not in route or name == "hook"


def sources() -> Iterator[Path]:
    for package in ("reconciler", "inventory_admin"):
        yield from (ROOT / package).rglob("*.py")


def names_in(path: Path) -> set[str]:
    tree = ast.parse(path.read_text(encoding="utf-8"))
    calls = [node for node in ast.walk(tree) if isinstance(node, ast.Call)]
    return {ast.unparse(call.func) for call in calls}


def test_only_record_writes_audit_entries() -> None:
    writers = {
        str(path.relative_to(ROOT))
        for path in sources()
        if "migrations" not in path.parts and names_in(path) & {"AuditEntry.objects.create", "AuditEntry",
            "AuditEntry.objects.bulk_create", "AuditEntry.objects.update", "AuditEntry.objects.get_or_create"}
    }  # fmt: skip
    assert writers == {"reconciler/audit/record.py"}


def recorded_actions() -> Iterator[tuple[str, str]]:
    """Each literal `action="..."` given to a call that records."""
    for path in sources():
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Call) and ast.unparse(node.func).endswith("record"):
                for keyword in node.keywords:
                    if keyword.arg == "action" and isinstance(keyword.value, ast.Constant):
                        yield str(path.relative_to(ROOT)), str(keyword.value.value)


def test_every_recorded_action_is_registered() -> None:
    unknown = [(path, action) for path, action in recorded_actions() if action not in ACTIONS]
    assert unknown == []
    assert list(recorded_actions())


def test_signals_are_not_used() -> None:
    users = [
        str(path.relative_to(ROOT))
        for path in sources()
        if any(name in path.read_text(encoding="utf-8") for name in ("django.dispatch", "db.models.signals"))
    ]
    assert users == []
