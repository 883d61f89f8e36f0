"""What the scenarios hold, and that they are the same for the same seed."""

import time
from collections import Counter
from collections.abc import Callable

import pytest

from reconciler.sandbox import SandboxServer, scenario, stock, truth
from reconciler.sandbox.account import Account
from reconciler.sandbox.clock import DAY, HOUR, Clock, parse
from reconciler.sandbox.happenings import catch_up
from reconciler.sandbox.persistence import dump

from .conftest import NOON, Caller

NOW = parse(NOON)
STUCK = {
    "order_canceled", "handling_skipped", "count_not_updated", "authorization_expired", "order_missing",
    "lock_superseded", "cancel_incomplete",
}  # fmt: skip
ALSO = {"workflow_stuck", "handling_overdue", "handling_abandoned", "balance_mismatch"}


def _causes(account: Account) -> Counter[str]:
    return Counter(str(one["cause"]) for one in truth.entries(account) if one["cause"])


@pytest.mark.parametrize("seed", [1, 2, 7])
def test_the_demo_store_holds_every_cause_several_times_beside_healthy_look_alikes(seed: int) -> None:
    account = scenario.build("demo", seed, NOW)
    assert len(account.orders) >= 400
    assert len(account.skus) >= 60
    assert len(account.warehouses) >= 3
    causes = _causes(account)
    assert set(causes) == STUCK | ALSO
    assert min(causes.values()) >= 3
    assert 40 <= sum(causes[name] for name in STUCK) <= 60
    entries = truth.entries(account)
    assert {one["unreadable"] for one in entries} == {None, "pair", "forbidden", "too_old", "too_young"}
    assert sum(1 for one in entries if one["cause"] is None and one["pending_cause"]) >= 12
    assert sum(1 for one in entries if not one["cause"] and not one["pending_cause"]) >= 100


@pytest.mark.parametrize("name", ["demo", "small"])
@pytest.mark.parametrize("seed", [1, 3, 5, 15])
def test_no_shelf_holds_less_than_nothing_and_only_a_balance_that_is_off_oversells(
    name: str, seed: int
) -> None:
    account = scenario.build(name, seed, NOW)
    for pair in account.pairs.values():
        assert pair.on_shelf >= 0
        sellable = pair.on_shelf - stock.to_leave(account, pair)
        assert pair.unlimited or pair.drift < 0 or stock.available(account, pair) <= sellable


def test_the_small_store_holds_each_cause_too() -> None:
    assert set(_causes(scenario.build("small", 1, NOW))) == STUCK | ALSO


def test_some_skus_of_the_demo_store_are_sold_out_while_goods_lie_on_the_shelf() -> None:
    account = scenario.build("demo", 1, NOW)
    sold_out = [
        sku
        for sku in account.skus
        if all(stock.available(account, pair) <= 0 for pair in account.pairs.values() if pair.sku == sku)
        and any(
            stock.to_leave(account, pair) < pair.on_shelf
            for pair in account.pairs.values()
            if pair.sku == sku
        )
    ]
    assert len(sold_out) >= 4


def test_one_pair_of_the_demo_store_needs_more_than_one_page(open_sandbox: Callable[..., Caller]) -> None:
    vtex = open_sandbox(scenario="demo")
    page = vtex("GET", "/api/logistics/pvt/inventory/reservations/1_1/2002?page=2&perPage=100").body
    assert page["paging"]["pages"] == 2
    assert page["items"]


@pytest.mark.parametrize("name", sorted(scenario.BUILDERS))
def test_the_same_seed_makes_the_same_store_and_another_seed_another(name: str) -> None:
    def content(seed: int) -> dict[str, object]:
        return {**dump(scenario.build(name, seed, NOW), Clock(NOON)), "seed": 0}

    assert content(5) == content(5)
    if name != "empty":
        assert content(5)["orders"] != content(6)["orders"]


@pytest.mark.parametrize("seed", [1, 2])
def test_in_a_good_store_nothing_is_ever_stuck_or_oversold(seed: int) -> None:
    account = scenario.build("good", seed, NOW)
    ordered = len(account.orders)
    for hours in range(0, 30 * 24, 3):
        catch_up(account, NOW + hours * HOUR)
        assert _causes(account) == {}
        assert all(
            stock.available(account, pair) <= pair.on_shelf - stock.to_leave(account, pair)
            for pair in account.pairs.values()
        )
    assert len(account.orders) > ordered + 100


@pytest.mark.parametrize(
    ("name", "cause"), [("skips", "handling_skipped"), ("never_counts", "count_not_updated")]
)
def test_a_bad_erp_leaves_its_own_kind_of_stuck_stock(name: str, cause: str) -> None:
    account = scenario.build(name, 1, NOW)
    before = _causes(account)[cause]
    catch_up(account, NOW + 30 * DAY)
    causes = _causes(account)
    assert causes[cause] > before + 50
    assert set(causes) <= {cause, "order_canceled"}


def test_the_demo_starts_within_a_second_and_a_half() -> None:
    started = time.monotonic()
    with SandboxServer("demo", 1) as sandbox:
        assert sandbox.control.about()["orders"] >= 400
    assert time.monotonic() - started < 1.5


def test_a_reset_makes_another_store_behind_the_same_address(vtex: Caller) -> None:
    vtex.patch(3, sku="1001")
    vtex.control.fault("get_order", "error_500")
    vtex.control.reset("small", 4, switches={"U12": "lock_per_line"})
    about = vtex.control.about()
    assert (about["scenario"], about["seed"], about["switches"]["U12"]) == ("small", 4, "lock_per_line")
    assert vtex.control.requests() == []
    with pytest.raises(ValueError, match="no scenario"):
        vtex.control.reset("nowhere")
