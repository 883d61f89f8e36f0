"""Events and configurations of feed and hook, in the spellings that VTEX sends (F4)."""

import pytest

from reconciler.vtex import payloads

EVENT = b"""{"eventId":"ED42","handle":"eyJ.1","domain":"Fulfillment","state":"ready-for-handling",
"lastState":"window-to-cancel","orderId":"953712004126-01","lastChange":"2019-08-12T20:54:01.134057Z",
"currentChange":"2019-08-12T20:54:23.7153839Z","AvailableDate":"2019-08-12T20:54:24Z"}"""


def test_an_event_of_the_feed_keeps_its_times_as_vtex_wrote_them() -> None:
    [event] = payloads.decode(b"[" + EVENT + b"]", list[payloads.FeedItem])
    assert (event.order_id, event.handle, event.domain) == ("953712004126-01", "eyJ.1", "Fulfillment")
    assert (event.last_state, event.state) == ("window-to-cancel", "ready-for-handling")
    assert event.current_change == "2019-08-12T20:54:23.7153839Z"


def test_an_event_with_nulls_and_missing_fields_does_not_spoil_its_lot() -> None:
    [event] = payloads.decode(b'[{"handle":"h","orderId":"1-01","lastState":null}]', list[payloads.FeedItem])
    assert (event.handle, event.last_state, event.current_change) == ("h", "", "")


def test_an_event_of_the_hook_may_lack_what_the_guides_sample_lacks() -> None:
    event = payloads.decode(
        b'{"Domain":"Marketplace","OrderId":"v1-01","State":"canceled","LastChange":"2019-07-29T23:17:30Z",'
        b'"Origin":{"Account":"automacaoqa","Key":"vtexappkey-appvtex"}}',
        payloads.HookEvent,
    )
    assert (event.order_id, event.state, event.current_change) == ("v1-01", "canceled", "")
    assert event.origin == payloads.Origin(account="automacaoqa", key="vtexappkey-appvtex")
    assert event.hook_config is None


def test_the_ping_of_a_hook_is_told_from_an_event() -> None:
    assert payloads.decode(b'{"hookConfig":"ping"}', payloads.HookEvent).hook_config == "ping"


@pytest.mark.parametrize("word", ["approximate", "aproximate"])
def test_the_lag_is_read_in_both_spellings(word: str) -> None:
    body = f'{{"quantity":127,"{word}AgeOfOldestMessageInSeconds":78.9}}'.encode()
    config = payloads.decode(body, payloads.FeedConfig)
    assert (config.quantity, config.oldest_seconds) == (127, 78.9)


def test_the_headers_of_a_hook_are_never_decoded() -> None:
    body = (
        b'{"filter":{"type":"FromWorkflow"},"hook":{"url":"https://x","headers":{"X-Hook-Secret":"s3cret"}}}'
    )
    config = payloads.decode(body, payloads.HookConfig)
    assert config.hook is not None
    assert config.hook.url == "https://x"
    assert "s3cret" not in repr(config)
