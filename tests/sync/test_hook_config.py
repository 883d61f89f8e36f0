"""The configuration of the hook: only one of our own making is made anew, changed or taken away (F4)."""

from __future__ import annotations

import http.client
import json
from collections.abc import Iterator
from datetime import timedelta
from io import StringIO
from typing import Any

import pytest
from django.core.management import CommandError, call_command
from django.utils import timezone

from reconciler.handlers import TICKS
from reconciler.models import AuditEntry, EventSource, FeedConfig, FeedEvent, VtexAccount
from reconciler.sandbox import keys
from reconciler.sandbox.server import SandboxServer
from reconciler.sync import accounts, hook_config, hook_writer
from reconciler.work import ticks, units
from tests import factories
from tests.conftest import store_at

pytestmark = pytest.mark.django_db(transaction=True)
State = FeedConfig.State
FOREIGN = {"filter": {"type": "FromWorkflow", "status": ["invoiced"]}}
SECRET = "the-secret-of-luxstore"


@pytest.fixture
def sandbox(start_sandbox: Any) -> SandboxServer:
    made: SandboxServer = start_sandbox(scenario="small", account="luxstore")
    made.control.clock(freeze=True)
    return made


@pytest.fixture
def store(sandbox: SandboxServer, quick: Any) -> Iterator[VtexAccount]:
    own = {"feed_app_key": keys.FEED_APP_KEY, "feed_app_token": keys.FEED_APP_TOKEN}
    quick.STORES = {"luxstore": store_at(sandbox, hook_secret=SECRET, **own)}
    yield factories.account("luxstore")
    hook_writer.writer.stop()


def vtex(sandbox: SandboxServer, method: str, body: object = None) -> Any:
    """As another program that has the feed key."""
    connection = http.client.HTTPConnection("127.0.0.1", sandbox.port, timeout=10)
    headers = {"X-VTEX-API-AppKey": keys.FEED_APP_KEY, "X-VTEX-API-AppToken": keys.FEED_APP_TOKEN}
    connection.request(method, "/api/orders/hook/config", json.dumps(body) if body else None, headers)
    answer = connection.getresponse()
    text = answer.read()
    connection.close()
    return json.loads(text) if text else answer.status


def hook(what: str, **options: Any) -> str:
    out = StringIO()
    call_command("hook", what, account="luxstore", stdout=out, **options)
    return out.getvalue()


def state() -> str:
    return FeedConfig.objects.get(kind=EventSource.HOOK).state


def keep(store: VtexAccount) -> None:
    hook_config.HANDLERS[0].run(store, [])


def test_vtex_posts_to_the_hook_that_a_person_made_and_the_change_is_kept(
    store: VtexAccount, sandbox: SandboxServer, live_server: Any
) -> None:
    assert "our hook" in hook("configure", site=live_server.url)
    seen = vtex(sandbox, "GET")
    assert seen["hook"]["url"] == f"{live_server.url}/hooks/vtex/luxstore/"
    sandbox.control.order("1001", "1_1")
    sandbox.control.advance(hours=1)
    until = timezone.now() + timedelta(seconds=20)
    while not FeedEvent.objects.filter(source=EventSource.HOOK).exists():
        assert timezone.now() < until
    kept = json.dumps(list(AuditEntry.objects.values()), default=str)
    steps = AuditEntry.objects.filter(action="hook.configure").order_by("sequence")
    assert list(steps.values_list("outcome", flat=True)) == ["requested", "verified"]
    assert SECRET not in kept + str(list(FeedConfig.objects.values()))


def test_a_hook_that_vtex_dropped_is_made_anew_and_one_that_was_removed_is_not(
    store: VtexAccount, sandbox: SandboxServer, live_server: Any
) -> None:
    hook("configure", site=live_server.url)
    vtex(sandbox, "DELETE")
    keep(store)
    assert state() == State.OURS
    assert "removed" in hook("remove")
    keep(store)
    assert state() == State.NONE
    assert vtex(sandbox, "GET")["message"]


def test_a_hook_of_others_is_shown_and_never_changed(
    store: VtexAccount, sandbox: SandboxServer, live_server: Any
) -> None:
    theirs = {**FOREIGN, "hook": {"url": f"{live_server.url}/hooks/vtex/erp/", "headers": {"key": "value"}}}
    vtex(sandbox, "POST", theirs)
    assert "not ours" in hook("status")
    for what in ("configure", "remove"):
        with pytest.raises(CommandError, match="not ours"):
            hook(what, site=live_server.url)
    keep(store)
    assert vtex(sandbox, "GET") == theirs


def test_a_key_that_may_not_is_told_so_and_the_hook_is_still_looked_after(
    store: VtexAccount, sandbox: SandboxServer, live_server: Any
) -> None:
    hook("configure", site=live_server.url)
    own = {"app_key": keys.FEED_APP_KEY, "app_token": keys.FEED_APP_TOKEN}
    sandbox.control.key(**own, denied=["Feed v3 and Hook Admin"])
    recorded = AuditEntry.objects.count()
    for what in ("configure", "remove"):
        with pytest.raises(CommandError, match="lacks a permission"):
            hook(what, site=live_server.url)
    assert AuditEntry.objects.count() == recorded
    sandbox.control.key(**own, denied=[])
    keep(store)
    row = FeedConfig.objects.get(kind=EventSource.HOOK)
    assert (row.state, row.removed_at) == (State.OURS, None)


def test_an_address_that_does_not_answer_is_refused_by_vtex_and_said(store: VtexAccount) -> None:
    with pytest.raises(CommandError, match="VTEX"):
        hook("configure", site="http://127.0.0.1:1")
    assert AuditEntry.objects.filter(action="hook.configure", outcome="failed").count() == 1


def test_without_a_secret_or_an_address_nothing_is_sent(store: VtexAccount, quick: Any, sandbox: Any) -> None:
    with pytest.raises(CommandError, match="--site"):
        hook("configure")
    own = {"feed_app_key": keys.FEED_APP_KEY, "feed_app_token": keys.FEED_APP_TOKEN}
    quick.STORES = {"luxstore": store_at(sandbox, **own)}
    with pytest.raises(CommandError, match="VTEX_HOOK_SECRET"):
        hook("configure", site="https://shop.example")
    assert vtex(sandbox, "GET")["message"]


def test_the_worker_looks_after_a_hook_only_where_a_person_made_one(
    store: VtexAccount, live_server: Any
) -> None:
    mine = [tick for tick in TICKS if tick.name == hook_config.UNIT]
    ticks.fire(mine, accounts.ensure(), timezone.now())
    assert hook_config.UNIT not in units.pending(store)
    hook("configure", site=live_server.url)
    ticks.fire(mine, accounts.ensure(), timezone.now())
    assert hook_config.UNIT in units.pending(store)
