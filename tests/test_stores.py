"""Stores are read from the environment, each with its own keys, and none can be taken for another."""

import pytest
from django.core.exceptions import ImproperlyConfigured

from inventory_admin.environment import Environment
from inventory_admin.stores import Store, read_stores

ONE = {"VTEX_ACCOUNT": "luxstore", "VTEX_APP_KEY": "key", "VTEX_APP_TOKEN": "token"}
TWO = {
    "VTEX_ACCOUNTS": "luxstore, lux-outlet",
    "VTEX_LUXSTORE_APP_KEY": "key-1",
    "VTEX_LUXSTORE_APP_TOKEN": "token-1",
    "VTEX_LUX_OUTLET_APP_KEY": "key-2",
    "VTEX_LUX_OUTLET_APP_TOKEN": "token-2",
}


def read(variables: dict[str, str]) -> dict[str, Store]:
    return read_stores(Environment(variables), time_zone="UTC")


def refusal(variables: dict[str, str]) -> str:
    with pytest.raises(ImproperlyConfigured) as refused:
        read(variables)
    return str(refused.value)


def test_one_store_gets_the_defaults() -> None:
    store = read(ONE)["luxstore"]
    assert store.base_url == "https://luxstore.vtexcommercestable.com.br"
    assert (store.requests_per_minute, store.actions, store.time_zone) == (1200, False, "UTC")


def test_several_stores_keep_their_own_keys() -> None:
    stores = read(TWO)
    assert {name: store.app_key for name, store in stores.items()} == {
        "luxstore": "key-1",
        "lux-outlet": "key-2",
    }


def test_a_store_overrides_what_is_set_for_all() -> None:
    stores = read({**TWO, "VTEX_ACTIONS": "on", "VTEX_LUX_OUTLET_ACTIONS": "off"})
    assert [stores["luxstore"].actions, stores["lux-outlet"].actions] == [True, False]


def test_secrets_never_show() -> None:
    store = read({**ONE, "VTEX_APP_KEY": "sesame-key", "VTEX_APP_TOKEN": "sesame-token",
                  "VTEX_FEED_APP_KEY": "sesame-feed", "VTEX_FEED_APP_TOKEN": "sesame-feed-token",
                  "VTEX_HOOK_SECRET": "sesame-hook"})["luxstore"]  # fmt: skip
    assert "sesame" not in f"{store!r} {store!s}"


def test_both_forms_at_once_stop_the_start() -> None:
    assert "VTEX_ACCOUNTS" in refusal({**ONE, **TWO})
    assert "VTEX_APP_TOKEN" in refusal({**TWO, "VTEX_APP_TOKEN": "token"})


def test_two_stores_whose_variables_have_one_name_stop_the_start() -> None:
    said = refusal({**TWO, "VTEX_ACCOUNTS": "lux-outlet,lux_outlet"})
    assert "VTEX_LUX_OUTLET_APP_KEY" in said
    assert "lux_outlet" in said


@pytest.mark.parametrize("names", ["feed", "lux,lux-feed", "lux,lux"])
def test_a_store_whose_variable_means_something_else_stops_the_start(names: str) -> None:
    assert "VTEX_ACCOUNTS" in refusal({"VTEX_ACCOUNTS": names})


@pytest.mark.parametrize("name", ["-", "Lux", "lux store", "lux/store", ""])
def test_a_name_that_is_no_account_stops_the_start(name: str) -> None:
    assert "VTEX_ACCOUNT" in refusal({**ONE, "VTEX_ACCOUNT": name})


def test_the_feed_needs_a_key_of_its_own() -> None:
    assert "VTEX_FEED_APP_KEY" in refusal({**ONE, "VTEX_FEED_APP_KEY": "key", "VTEX_FEED_APP_TOKEN": "t"})
    assert "VTEX_FEED_APP_TOKEN" in refusal({**ONE, "VTEX_FEED_APP_KEY": "other"})


def test_plain_http_is_only_for_this_machine() -> None:
    assert (
        read({**ONE, "VTEX_BASE_URL": "http://127.0.0.1:8001/"})["luxstore"].base_url
        == "http://127.0.0.1:8001"
    )
    assert "VTEX_BASE_URL" in refusal({**ONE, "VTEX_BASE_URL": "http://10.0.0.1"})
    assert "VTEX_BASE_URL" in refusal({**ONE, "VTEX_BASE_URL": "https://user:pass@host"})


def test_a_value_and_its_file_at_once_stop_the_start() -> None:
    assert "VTEX_APP_KEY_FILE" in refusal({**ONE, "VTEX_APP_KEY_FILE": "/tmp/key"})
