"""The configuration of the feed: only one of our own making is read, recreated or changed (F4)."""

from __future__ import annotations

import http.client
import json
from collections.abc import Callable
from contextlib import suppress
from datetime import timedelta
from io import StringIO
from typing import Any

import pytest
from django.core.management import CommandError, call_command
from django.utils import timezone

from reconciler.audit.actor import console
from reconciler.models import AuditEntry, EventSource, FeedConfig, VtexAccount
from reconciler.sandbox import keys
from reconciler.sandbox.server import SandboxServer
from reconciler.sync import event_config, feed, feed_config, feed_key
from reconciler.sync.feed_config import FEED
from reconciler.vtex import errors
from reconciler.work import units
from reconciler.work.handlers import PutBack
from tests.conftest import store_at

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("feed_key")]
State = FeedConfig.State
FOREIGN = {"filter": {"type": "FromWorkflow", "status": ["invoiced"]}}


def read(store: VtexAccount) -> None:
    """One unit of the worker, a minute later: the configuration is looked at again."""
    FeedConfig.objects.update(seen_at=timezone.now() - timedelta(minutes=2))
    feed.run(store, [])


def state(store: VtexAccount) -> str:
    return FeedConfig.objects.get(account=store, kind=EventSource.FEED).state


Vtex = Callable[..., Any]


@pytest.fixture
def vtex(sandbox: SandboxServer) -> Vtex:
    """Speaks to VTEX with the feed key, as another program would."""

    def call(method: str, path: str = "/api/orders/feed/config", body: object = None) -> Any:
        connection = http.client.HTTPConnection("127.0.0.1", sandbox.port, timeout=10)
        headers = {"X-VTEX-API-AppKey": keys.FEED_APP_KEY, "X-VTEX-API-AppToken": keys.FEED_APP_TOKEN}
        connection.request(method, path, None if body is None else json.dumps(body), headers)
        answer = connection.getresponse()
        text = answer.read()
        connection.close()
        return json.loads(text) if text else answer.status

    return call


def written(sandbox: SandboxServer) -> list[str]:
    """What was sent that changes something."""
    return [row["endpoint"] for row in sandbox.control.requests() if row["method"] != "GET"]


def recorded() -> list[tuple[str, str, str]]:
    rows = AuditEntry.objects.order_by("pk")
    return [(row.action, row.actor.split(":")[0], row.outcome) for row in rows]


def run(what: str, *more: str) -> str:
    out = StringIO()
    call_command("feed", what, *more, stdout=out)
    return out.getvalue()


def test_where_there_is_none_the_worker_makes_ours_by_status_and_records_it(
    store: VtexAccount, vtex: Vtex
) -> None:
    read(store)
    made = vtex("GET")["filter"]
    assert (made["type"], "handling" in made["status"]) == ("FromWorkflow", True)
    assert state(store) == State.OURS
    assert recorded() == [("feed.configure", "system", "requested"), ("feed.configure", "system", "verified")]


def test_a_foreign_feed_is_shown_and_never_read_committed_or_changed(
    store: VtexAccount, sandbox: SandboxServer, vtex: Vtex
) -> None:
    vtex("POST", body=FOREIGN)
    sandbox.control.clear_requests()
    for _ in range(2):
        read(store)
    assert state(store) == State.FOREIGN
    for what in ("configure", "remove"):
        with pytest.raises(CommandError, match="not ours"):
            run(what)
    assert "not ours (FromWorkflow, 1 statuses)" in run("status")
    assert not written(sandbox)
    assert not sandbox.control.requests("read_feed")
    assert vtex("GET")["filter"] == FOREIGN["filter"]


def test_a_feed_that_somebody_changed_is_no_longer_ours(
    store: VtexAccount, sandbox: SandboxServer, vtex: Vtex
) -> None:
    read(store)
    vtex("POST", body=FOREIGN)
    sandbox.control.clear_requests()
    read(store)
    assert state(store) == State.FOREIGN
    assert not sandbox.control.requests("read_feed")


def test_events_of_a_feed_changed_a_moment_ago_are_not_committed(
    store: VtexAccount, sandbox: SandboxServer, vtex: Vtex
) -> None:
    read(store)
    vtex("POST", body={})
    sandbox.control.order("1001", "1_1")
    sandbox.control.clear_requests()
    feed.run(store, [])
    assert sandbox.control.requests("read_feed")
    assert not written(sandbox)
    assert state(store) == State.FOREIGN


def test_a_feed_that_vtex_deleted_for_want_of_news_is_made_anew(
    store: VtexAccount, sandbox: SandboxServer, vtex: Vtex
) -> None:
    read(store)
    vtex("DELETE")
    feed.run(store, [])
    assert state(store) == State.OURS
    assert vtex("GET")["filter"]["type"] == "FromWorkflow"


def test_a_feed_of_an_older_version_of_ours_is_changed(
    store: VtexAccount, vtex: Vtex, monkeypatch: pytest.MonkeyPatch
) -> None:
    with monkeypatch.context() as older:
        for module in (event_config, feed_config):
            older.setattr(module, "STATUSES", ("invoiced",))
        read(store)
    assert vtex("GET")["filter"]["status"] == ["invoiced"]
    read(store)
    assert "handling" in vtex("GET")["filter"]["status"]
    assert state(store) == State.OURS


def test_a_process_killed_before_it_heard_of_its_feed_knows_it_again(
    store: VtexAccount, sandbox: SandboxServer
) -> None:
    sandbox.control.fault("set_feed_config", "reset_mid_body")
    with pytest.raises(PutBack):
        read(store)
    assert FeedConfig.objects.get().error
    read(store)
    assert state(store) == State.OURS
    assert written(sandbox) == ["set_feed_config"], "not made twice"


def test_a_feed_that_vtex_does_not_let_us_make_is_recorded_once_and_tried_again(
    store: VtexAccount, sandbox: SandboxServer
) -> None:
    sandbox.control.fault("set_feed_config", "status", status=400, always=True)
    for _ in range(3):
        with pytest.raises(PutBack):
            read(store)
    assert len(written(sandbox)) == 3
    assert recorded() == [("feed.configure", "system", "requested"), ("feed.configure", "system", "failed")]


def test_of_another_key_nothing_is_known(store: VtexAccount, sandbox: SandboxServer, settings: Any) -> None:
    read(store)
    sandbox.control.key(app_key="vtexappkey-erp", app_token="secret")
    settings.STORES = {"luxstore": store_at(sandbox, feed_app_key="vtexappkey-erp", feed_app_token="secret")}
    row = FEED.row_of(store)
    assert (row.made, row.state) == ("", State.UNKNOWN)
    assert "vtexappkey" not in repr(FeedConfig.objects.values())


@pytest.mark.parametrize("style", ["403", "login_html"])
def test_a_key_without_the_permission_reads_nothing(
    store: VtexAccount, sandbox: SandboxServer, style: str
) -> None:
    sandbox.control.key(
        app_key=keys.FEED_APP_KEY, app_token=keys.FEED_APP_TOKEN,
        denied=["Feed v3 and Hook Admin"], style=style,
    )  # fmt: skip
    with suppress(PutBack):
        read(store)
    assert not sandbox.control.requests("read_feed")
    assert not written(sandbox)


def test_what_was_removed_is_not_made_anew_until_a_person_configures_it(
    store: VtexAccount, vtex: Vtex, sandbox: SandboxServer
) -> None:
    read(store)
    assert "is removed" in run("remove")
    sandbox.control.clear_requests()
    read(store)
    assert not written(sandbox)
    assert "none is wanted" in run("status")
    assert "is made" in run("configure")
    assert "nothing was changed" in run("configure")
    assert "our feed, which is read" in run("status")
    assert recorded()[2:] == [
        ("feed.remove", "console", "requested"),
        ("feed.remove", "console", "verified"),
        ("feed.configure", "console", "requested"),
        ("feed.configure", "console", "verified"),
    ]


def test_a_removal_that_failed_is_told_and_can_be_repeated(
    store: VtexAccount, sandbox: SandboxServer, vtex: Vtex
) -> None:
    read(store)
    sandbox.control.fault("delete_feed_config", "error_503")
    with pytest.raises(CommandError):
        run("remove")
    sandbox.control.clear_requests()
    read(store)
    assert not sandbox.control.requests("read_feed")
    assert "remove it again" in run("status")
    assert "is removed" in run("remove")
    assert vtex("GET")["message"] == "Feed not configured"


def test_without_a_feed_key_the_command_says_what_to_set(
    store: VtexAccount, sandbox: SandboxServer, settings: Any
) -> None:
    settings.STORES = {"luxstore": store_at(sandbox)}
    with pytest.raises(CommandError, match="VTEX_FEED_APP_KEY"):
        run("status")
    with pytest.raises(CommandError, match="no store nobody"):
        run("status", "--account", "nobody")
    assert feed.TICKS[0].applies(store) is False


def test_check_vtex_tries_the_feed_key_too(store: VtexAccount, sandbox: SandboxServer) -> None:
    out = StringIO()
    call_command("check_vtex", stdout=out)
    assert "Read feed configuration    allowed" in out.getvalue()
    assert not written(sandbox)
    sandbox.control.key(app_key=keys.FEED_APP_KEY, app_token="another")
    with pytest.raises(CommandError, match="feed key"):
        call_command("check_vtex", stdout=out)


def test_a_person_is_told_what_vtex_has_against_it(store: VtexAccount, sandbox: SandboxServer) -> None:
    sandbox.control.key(
        app_key=keys.FEED_APP_KEY, app_token=keys.FEED_APP_TOKEN, denied=["Feed v3 and Hook Admin"]
    )
    for what in ("configure", "remove"):
        with pytest.raises(CommandError, match="lacks a permission"):
            run(what)
    assert not AuditEntry.objects.exists()
    with feed_key.client_of(store) as client, pytest.raises(errors.Forbidden):
        FEED.configure(store, client, console())
    assert not units.claim(limit=1)
