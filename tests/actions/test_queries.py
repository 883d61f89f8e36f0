"""A preview reads live; what it asks of our own database does not grow with what the pair holds."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from django.contrib.auth.models import User
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from reconciler.models import Verb
from tests.actions.scene import Scene

HELD = {"state": "acknowledged", "order_status": "invoiced", "left": 1}
FEW, MANY = 3, 60
BATCHES = 6
"""Statements that SQLite's limit of values splits when they are about so many rows."""


def asked(scene: Scene, client: Client, locks: int) -> int:
    scene.build(100, *[HELD] * locks)
    address = reverse(
        "stock_count", kwargs={"account": "luxstore", "sku_id": scene.sku, "warehouse_id": scene.warehouse}
    )
    client.get(address)
    with CaptureQueriesContext(
        connection,
    ) as seen:
        page = client.get(address)
    assert page.status_code == 200
    assert len(page.context["form"].ship_fields) == locks
    return len(seen.captured_queries)


def test_a_count_preview_asks_hardly_more_for_60_reservations_than_for_3(
    scene: Scene, signed_in: Callable[[User], Client]
) -> None:
    client = signed_in(scene.person)
    few = asked(scene, client, FEW)
    scene.sku = "9001"
    many = asked(scene, client, MANY)
    assert many <= few + BATCHES


@pytest.mark.parametrize("locks", [FEW, MANY])
def test_drawing_a_preview_asks_at_most_12_beside_the_live_read(
    scene: Scene, signed_in: Callable[[User], Client], locks: int
) -> None:
    client = signed_in(scene.person)
    page = asked(scene, client, locks)
    with CaptureQueriesContext(connection) as read:
        scene.preview(Verb.COUNT, scene.pair)
    assert page - len(read.captured_queries) <= 12
