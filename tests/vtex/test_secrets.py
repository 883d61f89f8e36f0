import traceback

import pytest

from reconciler.vtex import errors
from tests.vtex import server
from tests.vtex.clients import make_client

KEY, TOKEN = "vtexappkey-store-QWERTY", "TOKENTOKENTOKENTOKEN"


def test_no_repr_shows_the_keys() -> None:
    client = make_client()
    shown = repr(client) + repr(client._transport) + repr(client.settings)
    assert KEY not in shown
    assert TOKEN not in shown


def test_keys_that_vtex_echoes_are_in_no_error() -> None:
    echo = {"error": {"code": TOKEN, "message": f"key {KEY} with {TOKEN} is not allowed"}}
    with server.running(server.answer(403, echo)) as vtex, pytest.raises(errors.Forbidden) as caught:
        make_client(vtex.url).start_handling("v1-01")
    shown = "".join(traceback.format_exception(caught.value)) + repr(caught.value) + repr(vars(caught.value))
    assert KEY not in shown
    assert TOKEN not in shown


def test_a_lost_connection_does_not_show_the_keys() -> None:
    with pytest.raises(errors.ConnectionLost) as caught:
        make_client("http://127.0.0.1:1").start_handling("v1-01")
    shown = "".join(traceback.format_exception(caught.value))
    assert KEY not in shown
    assert TOKEN not in shown


@pytest.mark.parametrize("bad", ["with\nnewline-secret", " padded-secret", "açaí-secret"])
def test_a_key_that_no_header_can_carry_is_refused_without_being_shown(bad: str) -> None:
    for name in ("app_key", "app_token"):
        with pytest.raises(ValueError, match="header") as caught:
            make_client(**{name: bad})
        assert "secret" not in str(caught.value)
