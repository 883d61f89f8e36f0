"""What may be pasted into the search box, and what it is taken for."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from reconciler.views.search_text import LONGEST_ID, Kind, read

API = "https://luxstore.vtexcommercestable.com.br/api"
ADMIN = "https://luxstore.myvtex.com/admin"
ORDER, LOCK, SKU, PAIR = (
    (Kind.ORDER, "v77-01", ""), (Kind.RESERVATION, "00-v77-01", ""), (Kind.SKU, "55", ""),
    (Kind.PAIR, "55", "CD SP/1"),
)  # fmt: skip
LINKS = [
    (f"{ADMIN}/orders/v77-01", ORDER),
    (f"{ADMIN}/orders/v77-01/?from=list", ORDER),
    (f"{ADMIN}/checkout/#/orders/v77-01", ORDER),
    (f"{ADMIN}/checkout/#/orders/v77-01?orderBy=creationDate,desc&q=someone", ORDER),
    ("https://luxstore.myvtex.com/account#/orders/v77-01", ORDER),
    ("https://ws1--luxstore.myvtex.com/admin/orders/v77-01", ORDER),
    ("luxstore.myvtex.com/admin/orders/v77-01", ORDER),
    ("HTTPS://LuxStore.MyVtex.com/Admin/Orders/v77-01", ORDER),
    ("https://luxstore.vtexcommercebeta.com.br/admin/orders/v77-01", ORDER),
    (f"{API}/oms/pvt/orders/v77-01", ORDER),
    (f"GET {API}/oms/pvt/orders/v77-01/start-handling", ORDER),
    (f"{API}/orders/pvt/document/v77-01/actions/start-handling", ORDER),
    (f"{API}/oms/pvt/orders/order-group/v77", (Kind.ORDER, "v77", "")),
    ("https://luxstore.myvtex.com/checkout/orderPlaced/?og=v77", (Kind.ORDER, "v77", "")),
    (f"{API}/logistics/pvt/inventory/reservations/00-v77-01", LOCK),
    (f"{API}/logistics/pvt/inventory/reservations/00-v77-01/cancel", LOCK),
    (f"{API}/logistics/pvt/inventory/reservations/CD%20SP%2F1/55?page=1&perPage=100", PAIR),
    (f"{API}/logistics/pvt/inventory/skus/55/warehouses/CD%20SP%2F1/quantity", PAIR),
    (f"{API}/logistics/pvt/inventory/items/55/warehouses/CD%20SP%2F1/dispatched", PAIR),
    (f"{API}/logistics/pvt/inventory/skus/55", SKU),
    (f"{API}/catalog_system/pvt/sku/stockkeepingunitbyid/55", SKU),
    (f"{API}/catalog/pvt/stockkeepingunit/55", SKU),
    (f"{API}/catalog_system/pvt/sku/stockkeepingunitbyean/789", (Kind.SKU, "789", "")),
    (f"{ADMIN}/Site/SkuForm.aspx?IdSku=55", SKU),
    (f"{ADMIN}/inventory/?keyword=shirt&skuId=55", SKU),
    (f"{ADMIN}/inventory/?skuId=55&warehouseId=CD%20SP%2F1", PAIR),
    ("https://logistics.vtexcommercestable.com.br/luxstore/api/logistics/pvt/inventory/skus/55", SKU),
    ("https://logistics.vtexcommercestable.com.br/api/logistics/pvt/inventory/skus/55?an=LUXstore", SKU),
    ("https://stock.example.com/s/luxstore/orders/v77-01/?show=order", ORDER),
    ("https://stock.example.com/s/luxstore/reservations/00-v77-01/cancel/", LOCK),
    ("https://stock.example.com/s/luxstore/stock/55/CD~20SP~2F1/", PAIR),
]  # fmt: skip


@pytest.mark.parametrize(("link", "meant"), LINKS)
@pytest.mark.parametrize(
    "around", ["{}", " <{}>. ", '<a href="{}">order</a>', '"{}",', "see {} please", "\u00a0“{}”\n"]
)
def test_a_link_says_what_it_names_and_whose_it_is(link: str, meant: tuple[str, ...], around: str) -> None:
    pasted = read(around.format(link) if "//" in link or around == "{}" else link)
    target = pasted.targets[0]
    assert (target.kind, target.name, target.warehouse) == meant
    assert (pasted.account, pasted.is_link) == ("luxstore", True)


@pytest.mark.parametrize(
    "written",
    ["v77-01", "#v77-01", " 'v77-01' ", "“v77-01”/", "v77-01/", "(v77-01),", "`v77-01`", "v77-01.",
     "Pedido: #v77-01", "order v77-01 please", "\u200bv77-01\ufeff\0", "\tv77-01\r\n"],
)  # fmt: skip
def test_an_id_is_found_within_what_was_copied_with_it(written: str) -> None:
    pasted = read(written)
    assert "v77-01" in [target.name for target in pasted.targets]
    assert pasted.likely
    assert pasted.likely.name == "v77-01"
    assert not pasted.is_link


def test_an_id_as_written_comes_before_it_cleaned() -> None:
    assert [target.name for target in read("#55#").targets] == ["#55#", "55"]
    assert [target.name for target in read("Blue shirt 7").targets] == ["Blue shirt 7", "7"]


@pytest.mark.parametrize(
    "link", [f"{API}/orders/feed/config", f"{API}/orders/hook/config", f"{ADMIN}/orders", f"{ADMIN}/",
             f"{ADMIN}/orders?q=ana@example.com", f"{ADMIN}/orders?q=529.982.247-25", f"{API}/oms/pvt/orders"]
)  # fmt: skip
def test_a_link_of_nothing_we_hold_names_nothing(link: str) -> None:
    pasted = read(link)
    assert (pasted.account, pasted.targets, pasted.likely) == ("luxstore", (), None)


@pytest.mark.parametrize(
    "host", ["https://www.luxstore.com.br", "https://logistics.vtexcommercestable.com.br"]
)
def test_a_host_that_tells_no_account_is_taken_for_the_store_at_hand(host: str) -> None:
    pasted = read(f"{host}/api/logistics/pvt/inventory/skus/55")
    assert (pasted.account, pasted.targets[0].name) == ("", "55")


@pytest.mark.parametrize("text", ["", " ", "\0", "#", "http://", "https://[::1", "http://[", "//", "x" * 9000,
    "https://luxstore.myvtex.com/admin/orders/" + "x" * 1500, "https://luxstore.myvtex.com:port/orders/1",
    "https://a/?" + "a=1&" * 400, "https://a/s/luxstore/orders/~41/", "http://℀/orders/1"])  # fmt: skip
def test_no_text_is_too_odd_to_be_read(text: str) -> None:
    assert all(0 < len(target.name) <= LONGEST_ID for target in read(text).targets)


PIECES = ["https://", "luxstore", ".myvtex.com", "/", "#", "?", "=", "&", "%", "%2F", "orders", "[", "]", "@",
          ":", "inventory/reservations/", "/warehouses/", "skuId", "an", "s/", "~", "v1-01"]  # fmt: skip


@given(st.text() | st.lists(st.sampled_from(PIECES) | st.text(max_size=3)).map("".join))
def test_whatever_is_pasted_is_read_without_fault_and_gives_ids_that_a_mirror_can_hold(text: str) -> None:
    pasted = read(text)
    for target in pasted.targets:
        assert 0 < len(target.name) <= LONGEST_ID
        assert "\0" not in target.name + target.warehouse
        assert (target.kind == Kind.PAIR) == bool(target.warehouse)
