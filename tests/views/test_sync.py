"""The sync page: one sentence says whether the picture is fresh and complete, the rest why."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

import pytest
from django.contrib.auth.models import User
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from inventory_admin.stores import Store
from reconciler.handlers import HANDLERS
from reconciler.models import (
    NEVER,
    BackfillWindow,
    FeedConfig,
    FeedEvent,
    HookTally,
    ListState,
    RequestBudget,
    RequestUse,
    Role,
    Sku,
    Snapshot,
    StockBalance,
    SyncCursor,
    SyncKind,
    SyncRun,
    VtexAccount,
    Worker,
    WorkUnit,
)
from reconciler.views import sync_words
from reconciler.vtex.limits import Family, Host, Priority
from reconciler.work import presence
from tests import factories

pytestmark = pytest.mark.django_db
URL = "/s/luxstore/sync/"
ago = factories.ago


@pytest.fixture
def configured(settings: Any) -> Store:
    store = Store(
        name="luxstore", base_url="", app_key="k", app_token="t", requests_per_minute=1200, actions=True,
        time_zone="America/Sao_Paulo",
    )  # fmt: skip
    settings.STORES = {"luxstore": store}
    return store


@pytest.fixture
def store(configured: Store) -> VtexAccount:
    return factories.account()


@pytest.fixture
def support(store: VtexAccount, signed_in: Callable[[User], Client]) -> Client:
    return signed_in(factories.user("support", Role.OPERATOR))


@pytest.fixture
def viewer(store: VtexAccount, signed_in: Callable[[User], Client]) -> Client:
    return signed_in(factories.user("viewer", Role.VIEWER))


def run(store: VtexAccount, kind: SyncKind = SyncKind.RECENT, **fields: Any) -> SyncRun:
    at = fields.pop("at", ago(minutes=2))
    given = {"started_at": at, "heartbeat_at": at, "finished_at": at, **fields}
    return SyncRun.objects.create(account=store, kind=kind, **given)


def worker(**fields: Any) -> Worker:
    given = {"host": "erp-7.inside", "pid": 4321, "lanes": 4, "started_at": ago(hours=7), **fields}
    return Worker.objects.create(**{"heartbeat_at": timezone.now(), **given})


@pytest.fixture
def healthy(store: VtexAccount) -> VtexAccount:
    """A worker, a complete sweep, all orders of the past, every pair read."""
    worker()
    factories.balance(store)
    run(store)
    SyncCursor.objects.create(account=store, kind=SyncKind.SWEEP, completed_at=ago(hours=3))
    BackfillWindow.objects.create(
        account=store, starts_at=ago(days=90), ends_at=timezone.now(), completed_at=timezone.now()
    )
    return store


def text(client: Client, url: str = URL) -> str:
    Snapshot.objects.all().delete()
    answer = client.get(url)
    assert answer.status_code == 200
    body = answer.content.decode().replace("\u00a0", " ")
    return " ".join(re.sub(r"<[^>]+>", " ", body[body.index('id="sync"') :]).split())


def verdict(client: Client) -> str:
    Snapshot.objects.all().delete()
    return str(client.get(URL).context["verdict"].code)


def use(store: VtexAccount, at: datetime, priority: Priority, family: Family, sent: int, **more: Any) -> None:
    RequestUse.objects.create(
        account=store, minute=at.replace(second=0, microsecond=0), priority=priority, family=family,
        sent=sent, **more,
    )  # fmt: skip


def test_a_store_that_is_read_whole_is_called_fresh_and_complete(
    healthy: VtexAccount, support: Client
) -> None:
    assert verdict(support) == "fine"
    said = text(support)
    assert "Fresh and complete" in said
    assert "Every pair was read in the last 24 hours" in said
    assert "100.0%" in said


def test_a_store_nobody_read_says_so(store: VtexAccount, support: Client) -> None:
    worker(started_at=ago(minutes=1))
    assert verdict(support) == "never"
    assert "Fresh" not in text(support)
    Worker.objects.update(started_at=ago(hours=1))
    assert verdict(support) == "quiet"


def test_no_worker_is_said_first_with_since_when_and_how_to_start_one(
    healthy: VtexAccount, support: Client
) -> None:
    Worker.objects.update(heartbeat_at=ago(hours=3))
    said = text(support)
    assert verdict(support) == "no-worker"
    assert "fell silent" in said
    assert "manage.py worker" in said
    Worker.objects.update(left_at=ago(hours=3))
    assert "It was stopped" in text(support)
    Worker.objects.all().delete()
    assert "Nothing is read from VTEX until one is started" in text(support)


def test_a_sync_without_a_worker_is_not_called_missing_while_it_runs(
    healthy: VtexAccount, support: Client
) -> None:
    Worker.objects.all().delete()
    run(healthy, SyncKind.SWEEP, finished_at=None, heartbeat_at=timezone.now())
    assert verdict(support) == "fine"


def test_a_worker_that_reads_nothing_is_said(healthy: VtexAccount, support: Client) -> None:
    SyncRun.objects.update(heartbeat_at=ago(hours=1), finished_at=ago(hours=1))
    StockBalance.objects.update(read_at=ago(hours=1))
    assert verdict(support) == "quiet"


@pytest.mark.parametrize(
    ("error", "code", "said"),
    [
        ("Unauthorized 401: no", "key-refused", "VTEX refuses the key of this store"),
        ("Forbidden 403: no", "key-lacks", "lacks a permission"),
        ("ConnectionLost: no route", "unreachable", "VTEX cannot be reached"),
        ("ServerError 500: oops", "stopped", "The last read was cut short"),
        ("KeyError", "stopped", "The last read was cut short"),
    ],
)
def test_what_ended_the_latest_run_is_said_until_a_run_goes_well(
    healthy: VtexAccount, support: Client, error: str, code: str, said: str
) -> None:
    run(healthy, at=ago(seconds=50), error=error)
    assert verdict(support) == code
    assert said in text(support)
    run(healthy, at=ago(seconds=40))
    assert verdict(support) == "fine"


@pytest.mark.parametrize("error", ["interrupted", "NotSent: budget", "RateLimited 429: slow"])
def test_what_mends_itself_is_no_trouble(healthy: VtexAccount, support: Client, error: str) -> None:
    run(healthy, at=ago(seconds=50), error=error)
    assert verdict(support) == "fine"


def test_a_pause_and_an_open_breaker_are_said_with_their_end(healthy: VtexAccount, support: Client) -> None:
    until = timezone.now() + timedelta(minutes=4)
    RequestBudget.objects.create(account=healthy, family="host:logistics", paused_until=until)
    RequestBudget.objects.create(account=healthy, family="order-document", breaker_open_until=until)
    use(healthy, timezone.now(), Priority.SWEEP, Family.INVENTORY, 7)
    said = text(support)
    assert verdict(support) == "paused"
    assert "VTEX pauses us" in said
    assert "so its logistics service is left alone" in said
    assert "Order histories failed several times in a row" in said
    assert re.search(r"Balances 7 paused until \d\d:\d\d", said)
    assert re.search(r"Order histories 0 left alone until \d\d:\d\d", said)
    RequestBudget.objects.update(paused_until=ago(seconds=1), breaker_open_until=ago(seconds=1))
    assert verdict(support) == "fine"


def test_a_first_sweep_says_how_far_it_is_and_about_how_long(store: VtexAccount, support: Client) -> None:
    worker()
    began = ago(minutes=6)
    SyncCursor.objects.create(account=store, kind=SyncKind.SWEEP, started_at=began)
    run(store, SyncKind.SWEEP, at=began, finished_at=None, heartbeat_at=timezone.now(), done=100, of=300)
    for number in range(300):
        factories.sku(store, str(number), swept_at=timezone.now() if number < 100 else None)
    said = text(support)
    assert verdict(support) == "first-sweep"
    assert "33% of the stock swept for the first time · about 12 min left" in said
    SyncRun.objects.update(heartbeat_at=ago(hours=1))
    assert "how long cannot be known" in text(support)
    Sku.objects.exclude(sku_id__in=["1", "2"]).update(swept_at=None)
    assert "too early to say how long" in text(support)


def test_orders_of_the_past_that_are_missing_are_counted_in_days(
    healthy: VtexAccount, support: Client
) -> None:
    BackfillWindow.objects.update(starts_at=ago(days=15))
    said = text(support)
    assert verdict(support) == "backfill"
    assert "25%" in said
    assert "45 days missing" in said


def test_too_little_read_is_said_with_the_reasons(healthy: VtexAccount, support: Client) -> None:
    factories.balance(healthy, "2", list_state=ListState.FORBIDDEN, list_read_at=None)
    factories.balance(healthy, "3", reserved=0, read_at=ago(hours=30))
    said = text(support)
    assert verdict(support) == "incomplete"
    assert "2 of 3 pairs" in said
    assert "The key may not read it 1 pair" in said
    assert "Read more than 24 hours ago 1 pair" in said


def test_a_pair_with_too_many_reservations_could_not_be_told_and_names_what_was_seen(
    healthy: VtexAccount, viewer: Client
) -> None:
    for number in range(25):
        factories.balance(healthy, f"8{number}")
    lock = factories.reservation(healthy, "00-v71425090lux-01")
    factories.held(lock, 1)
    StockBalance.objects.filter(sku_id="0123").update(list_state=ListState.TOO_MANY, reserved=5001)
    said = text(viewer)
    assert verdict(viewer) == "fine"
    assert "complete but for what VTEX does not tell" in said
    assert "Could not be told" in said
    assert (
        "0123 · cd_sp Too many reservations for VTEX to list 00-v71425090lux-01 5,001 units reserved" in said
    )


def test_the_last_hour_is_drawn_and_told_as_a_table(healthy: VtexAccount, support: Client) -> None:
    now = timezone.now()
    minute = timedelta(minutes=1)
    use(healthy, now - minute, Priority.SWEEP, Family.INVENTORY, 600, waited_ms=1500)
    use(healthy, now - minute, Priority.STAFF, Family.RESERVATION, 10)
    use(healthy, now - 5 * minute, Priority.BACKFILL, Family.ORDER, 30, refused=2, failed=1)
    use(healthy, now - 70 * minute, Priority.BACKFILL, Family.ORDER, 9999)
    Snapshot.objects.all().delete()
    hour = support.get(URL).context["use"]
    assert (hour.all.sent, hour.most, hour.last, hour.all.refused, hour.all.failed) == (640, 610, 610, 2, 1)
    assert [(block.priority, block.x) for block in hour.blocks] == [(0, 581), (4, 581), (3, 541)]
    staff, sweep, _ = hour.blocks
    assert float(sweep.y) + float(sweep.height) == pytest.approx(float(staff.y), abs=0.02)
    assert float(staff.y) + float(staff.height) == pytest.approx(100, abs=0.02)
    assert 0 < float(hour.allowed_y) < float(sweep.y)
    said = text(support)
    assert (
        "640 requests, at most 610 in one minute; 1,200 a minute are allowed. VTEX refused 2 (429)." in said
    )
    assert re.search(r"\d\d:\d\d 10 – – – 600 610 0 0 1\.5 s", said)
    assert "Balances 600 1.5 s open" in said


def test_an_allowance_far_above_what_is_used_is_named_instead_of_drawn(
    healthy: VtexAccount, support: Client
) -> None:
    use(healthy, timezone.now(), Priority.FEED, Family.ORDER, 12)
    assert support.get(URL).context["use"].allowed_y is None
    assert "1,200 a minute allowed, far above" in text(support)


def test_the_chart_holds_no_style_of_its_own(healthy: VtexAccount, support: Client) -> None:
    use(healthy, timezone.now(), Priority.FEED, Family.ORDER, 12)
    drawn = support.get(URL).content.decode()
    assert 'class="p2"' in drawn
    assert " style=" not in drawn


def test_workers_are_named_to_support_and_only_counted_for_others(
    healthy: VtexAccount, support: Client, viewer: Client, signed_in: Callable[[User], Client]
) -> None:
    WorkUnit.objects.create(
        account=healthy, kind="order", key="v1lux-01", priority=2, run_after=timezone.now(), attempts=4,
        error="OperationalError: could not reach db-3.inside",
    )  # fmt: skip
    auditor = signed_in(factories.user("auditor", Role.AUDITOR))
    admin = signed_in(factories.user("admin", Role.ADMIN))
    for sees in (support, admin):
        assert "erp-7.inside · 4321" in text(sees)
        assert "db-3.inside" in text(sees)
    for only_reads in (viewer, auditor):
        said = text(only_reads)
        assert "inside" not in said
        assert "Worker 1" in said
        assert "v1lux-01" in said


def test_what_waits_runs_and_fails_is_counted_by_kind_with_the_age_of_the_oldest(
    healthy: VtexAccount, support: Client
) -> None:
    given = {"account": healthy, "priority": 2}
    for number in range(3):
        WorkUnit.objects.create(**given, kind="order", key=str(number), run_after=ago(minutes=7))
    WorkUnit.objects.create(**given, kind="order", key="later", run_after=timezone.now() + timedelta(hours=1))
    WorkUnit.objects.create(
        **given, kind="settle", key="1", run_after=NEVER, lease_until=timezone.now() + timedelta(minutes=1)
    )
    WorkUnit.objects.create(
        **given, kind="sweep_range", key="7", run_after=ago(minutes=1), attempts=4,
        error="Timeout: nothing from someone@example.com within 15 s",
    )  # fmt: skip
    said = text(support)
    assert "Orders that an event told of 1 for later 3 0 0 7 min" in said
    assert "Actions to settle 0 1 0 –" in said
    assert "Sweep range 0 0 1 1 min" in said
    assert "Timeout: nothing from [hidden] within 15 s" in said
    assert "tried 4 times" in said


def test_events_say_how_far_behind_they_are(
    healthy: VtexAccount, support: Client, configured: Store, settings: Any
) -> None:
    assert "not used: the settings name no feed key" in text(support)
    with_feed = Store(**{**vars(configured), "feed_app_key": "f", "feed_app_token": "t", "hook_secret": "s"})
    settings.STORES = {"luxstore": with_feed}
    FeedConfig.objects.create(
        account=healthy, kind="feed", state="ours", seen_at=timezone.now(), quantity=12, oldest_seconds=240
    )
    FeedEvent.objects.create(
        account=healthy, digest="1", source="feed", order_id="v1lux-01", received_at=ago(minutes=3)
    )
    HookTally.objects.create(account=healthy, stored=40, refused=2, unavailable=1, last_at=timezone.now())
    said = text(support)
    assert "ours, and read" in said
    assert "1 event here whose order is still to be read, the oldest for 3 min" in said
    assert "Still at VTEX 12, the oldest for 4 min" in said
    assert "1 by feed, 0 by hook" in said
    assert "40 stored, 2 refused, 1 asked to come again" in said
    FeedConfig.objects.update(state="foreign")
    assert "somebody else made it" in text(support)


def again(client: Client, **query: str) -> Any:
    return client.get(URL, query, headers={"HX-Request": "true", "HX-Target": "sync"})


def test_a_look_that_finds_nothing_new_is_answered_204_and_the_next_change_is_drawn(
    healthy: VtexAccount, support: Client
) -> None:
    page = support.get(URL)
    version = page.context["version"]
    assert f"?seen={version}&amp;said=fine" in page.content.decode()
    same = again(support, seen=version, said="fine")
    assert (same.status_code, same.content) == (204, b"")
    RequestBudget.objects.create(
        account=healthy, family="host:orders", paused_until=timezone.now() + timedelta(minutes=4)
    )
    changed = again(support, seen=version, said="fine")
    drawn = changed.content.decode()
    assert changed.status_code == 200
    assert "<html" not in drawn
    assert drawn.count('id="sync"') == 1
    assert '<p id="sync-said" hx-swap-oob="innerHTML">VTEX pauses us</p>' in drawn
    other = again(support, seen=version, said="paused").content.decode()
    assert "hx-swap-oob" not in other, "what was said once is not said again"


def test_without_htmx_the_same_address_is_the_whole_page(healthy: VtexAccount, support: Client) -> None:
    version = support.get(URL).context["version"]
    page = support.get(URL, {"seen": version})
    assert page.status_code == 200
    assert "<html" in page.content.decode()


def fill(store: VtexAccount, number: int) -> None:
    now = timezone.now()
    for index in range(number):
        name = f"{number}-{index}"
        run(store, error="ServerError 500: oops" if index % 2 else "")
        worker(pid=1000 * number + index)
        factories.balance(store, name, list_state=ListState.TOO_MANY, list_read_at=None)
        factories.held(factories.reservation(store), 1, name)
        WorkUnit.objects.create(
            account=store, kind=f"kind-{name}"[:20], key=name, priority=3, run_after=now, error="no"
        )
        use(store, now - timedelta(minutes=index), list(Priority)[index % 5], list(Family)[number % 12], 5)


def test_a_look_costs_at_most_12_queries_however_much_there_is(healthy: VtexAccount, support: Client) -> None:
    asked, counting = [], []
    for number in (1, 40):
        fill(healthy, number)
        Snapshot.objects.update(taken_at=ago(hours=1))
        support.get(URL)
        Snapshot.objects.update(taken_at=ago(hours=1))
        with CaptureQueriesContext(connection) as counted:
            support.get(URL)
        counting.append(len(counted.captured_queries))
        with CaptureQueriesContext(connection) as seen:
            assert again(support, seen="old", said="").status_code == 200
        asked.append(len(seen.captured_queries))
    assert asked[0] == asked[1] <= 12
    assert counting[0] == counting[1], "the look that counts for all others costs more, but no more for more"


def test_no_look_counts_orders_pairs_or_skus(healthy: VtexAccount, support: Client) -> None:
    support.get(URL)
    with CaptureQueriesContext(connection) as seen:
        support.get(URL)
    tables = {name for query in seen.captured_queries for name in re.findall(r'FROM "(\w+)"', query["sql"])}
    assert not tables & {
        "reconciler_order",
        "reconciler_stockbalance",
        "reconciler_sku",
        "reconciler_workunit",
    }


@pytest.mark.parametrize("language", ["pt-br", "es"])
def test_every_state_is_said_in_every_language(healthy: VtexAccount, support: Client, language: str) -> None:
    Worker.objects.all().delete()
    support.cookies["django_language"] = language
    assert "No worker is running" not in text(support)


def test_every_priority_family_host_and_kind_of_work_has_a_word() -> None:
    assert set(sync_words.PRIORITIES) == set(map(int, Priority))
    assert set(sync_words.FAMILIES) == set(map(str, Family))
    assert set(sync_words.HOSTS) == set(map(str, Host))
    assert set(sync_words.KINDS) == set(HANDLERS)


@pytest.mark.parametrize(
    ("seconds", "said"),
    [
        (20, "less than a minute"), (61, "about 1 min"), (12 * 60 + 20, "about 12 min"),
        (33 * 60, "about 35 min"), (100 * 60, "about 2 h"), (30 * 3600, "about 30 h"),
        (75 * 3600, "about 3 d"),
    ],
)  # fmt: skip
def test_the_longer_something_takes_the_rounder_it_is_said(seconds: int, said: str) -> None:
    assert sync_words.about(timedelta(seconds=seconds)) == said


def test_a_worker_counts_until_it_is_silent_as_everywhere(healthy: VtexAccount, support: Client) -> None:
    Worker.objects.update(heartbeat_at=timezone.now() - presence.SILENT_AFTER * 0.8)
    assert verdict(support) == "fine"
    Worker.objects.update(heartbeat_at=timezone.now() - presence.SILENT_AFTER * 1.1)
    assert verdict(support) == "no-worker"
