"""The generated store is a real one: its trail verifies, its balances add up, its truth is found."""

from __future__ import annotations

from pathlib import Path

import pytest
from django.db.models import F, Sum
from django.utils import timezone

from reconciler.audit import chain, triggers
from reconciler.diagnosis.refresh import refresh
from reconciler.models import AuditEntry, Finding, Order, ReservationItem, StockBalance, VtexAccount
from tests.bench.generator import load, truth
from tests.bench.generator.generate import generate
from tests.bench.generator.shape import STORE, Shape
from tests.bench.generator.stories import SHARES

ORDERS = 2_000

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def path(tmp_path: Path, transactional_db: None, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Where the ground truth of a generated store is.

    The tests' own database keeps its journal: a thread that an earlier test left behind may still have it
    open, and without its journal every later test would find it broken.
    """
    kept = tuple(each for each in load._BEFORE["sqlite"] if "journal_mode" not in each)
    monkeypatch.setitem(load._BEFORE, "sqlite", kept)
    file = tmp_path / "truth.jsonl"
    generate(Shape(ORDERS, audit=200, at=int(timezone.now().timestamp())), file)
    return file


def test_findings_equal_the_ground_truth_and_nothing_else_is_found(path: Path) -> None:
    account = VtexAccount.objects.get(name=STORE)
    refresh(account, now=timezone.now())
    assert truth.differences(path, account) == ([], [])
    stuck = set(Finding.objects.stuck().values_list("cause", flat=True))
    assert len(stuck) == 7, "every cause has to be there"


def test_a_generated_store_holds_what_it_says(path: Path) -> None:
    assert Order.objects.count() == ORDERS
    assert chain.verify(STORE).holds
    assert AuditEntry.objects.count() == 200
    held = ReservationItem.objects.filter(gone_at=None, status__in=("Authorized", "Confirmed"))
    listed = StockBalance.objects.filter(list_state="ok").aggregate(units=Sum("listed_units"))["units"]
    assert listed == held.aggregate(units=Sum("quantity"))["units"]
    agreeing = StockBalance.objects.filter(mismatch_units=0, list_state="ok", unlimited=False)
    assert not agreeing.exclude(reserved=F("listed_units")).exists()
    assert len(truth.read(path)) > sum(int(ORDERS * share) for share, _ in SHARES[:3])


def test_afterwards_the_trail_is_protected_and_indexed_as_before(path: Path) -> None:
    from django.db import connection

    assert triggers.missing(connection) == []
    with connection.cursor() as cursor:
        found = connection.introspection.get_constraints(cursor, Order._meta.db_table)
    assert {index.name for index in Order._meta.indexes} <= set(found)
