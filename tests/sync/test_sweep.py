"""The sweep finds everything that holds stock, and goes on where it was stopped (F5.5)."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from django.utils import timezone

from reconciler.models import ReservationItem, Sku, StockBalance, SyncCursor, SyncKind, VtexAccount, Warehouse
from reconciler.sandbox.server import SandboxServer
from reconciler.sync import sweep
from reconciler.sync.connection import client_for
from reconciler.sync.coverage import count as coverage
from reconciler.sync.runs import Job
from tests.sync import mirror


@pytest.fixture
def sandbox(start_sandbox: Any) -> SandboxServer:
    server: SandboxServer = start_sandbox(scenario="small")
    return server


def swept(store: VtexAccount, listener: Any = None) -> Job:
    with Job(store, SyncKind.SWEEP, client_for(store), listener) as job:
        sweep.run(job)
    return job


def test_every_unit_that_is_held_and_can_be_listed_is_found(
    store: VtexAccount, sandbox: SandboxServer
) -> None:
    swept(store)
    found = set(ReservationItem.objects.values_list("reservation__lock_id", "sku_id", "warehouse_id"))
    for row in sandbox.control.shelf():
        balance = StockBalance.objects.get(sku_id=row["sku"], warehouse_id=row["warehouse"])
        assert (balance.total, balance.reserved) == (row["total"], row["reserved"])
        if balance.list_state == "ok":
            assert balance.listed_units == row["listed"]
    assert found
    assert Warehouse.objects.count() >= 3


def test_a_sweep_that_was_stopped_goes_on_and_ends_the_same(
    store: VtexAccount, sandbox: SandboxServer
) -> None:
    swept(store)
    whole = mirror.content(store)
    for model in (ReservationItem, StockBalance, Sku, SyncCursor):
        model.objects.all().delete()

    def stop_at(units: int) -> Any:
        def listen(job: Job) -> None:
            if job.run.done >= units and not job.run.finished_at:
                raise KeyboardInterrupt

        return listen

    with pytest.raises(KeyboardInterrupt):
        swept(store, stop_at(4))
    done = Sku.objects.filter(swept_at__isnull=False).count()
    assert 4 <= done < Sku.objects.count()
    sandbox.control.clear_requests()
    job = swept(store)
    assert job.run.done == Sku.objects.count() - done
    assert sandbox.control.requests("list_sku_ids") == [], "the ids were read already"
    assert mirror.content(store) == whole


def test_a_sku_that_cannot_be_read_does_not_stop_the_others(
    store: VtexAccount, sandbox: SandboxServer
) -> None:
    bad = "1005"
    sandbox.control.fault(f"/inventory/skus/{bad}$", "forbidden", always=True)
    job = swept(store)
    assert Sku.objects.get(sku_id=bad).sweep_error == "403"
    assert job.run.counts["errors"] == {"403": 1}
    assert Sku.objects.exclude(sku_id=bad).filter(swept_at=None).count() == 0
    assert coverage(store, timezone.now()).sku_errors == {"403": 1}


def test_a_sku_that_is_readable_again_loses_its_error(store: VtexAccount, sandbox: SandboxServer) -> None:
    sandbox.control.fault("/inventory/skus/1005$", "forbidden", times=1)
    swept(store)
    swept(store)
    assert Sku.objects.get(sku_id="1005").sweep_error == ""


def test_coverage_counts_what_was_read_lately_and_says_why_the_rest_was_not(
    store: VtexAccount, sandbox: SandboxServer
) -> None:
    swept(store)
    now = timezone.now()
    seen = coverage(store, now)
    assert seen.pairs == StockBalance.objects.count()
    assert seen.read == seen.pairs - sum(seen.unread.values())
    assert set(seen.unread) <= {"too_many", "error"}
    late = coverage(store, now + timedelta(hours=25))
    assert (late.read, late.percent) == (0, 0)
    assert sum(late.unread.values()) == late.pairs
