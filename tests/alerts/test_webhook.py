"""A webhook's message: signed, small, with nothing of anybody in it, and never sent where it must not go."""

from __future__ import annotations

import hashlib
import hmac
import json
import logging
import socket
import time
from typing import Any
from uuid import uuid4

import pytest

from reconciler.alerts import addresses, mail, sealing
from reconciler.alerts import webhook as hook
from reconciler.alerts.message import Message
from reconciler.alerts.results import NotSentError
from reconciler.models import AlertChannel, Measure, VtexAccount
from tests.alerts.conftest import STAFF, email, look, open_findings, rule, webhook
from tests.alerts.receivers import Mailbox, Receiver, answering

HELLO = Message("hello", "hello <!channel> & all")


def refusal(url: str) -> str:
    with pytest.raises(NotSentError) as refused:
        hook.send(url, "secret", HELLO, uuid4())
    return refused.value.result.value


def test_the_receiver_can_prove_who_sent_it_and_when(receiver: Receiver) -> None:
    hook.send(receiver.url, "a-secret", HELLO, uuid4())
    (post,) = receiver.posts
    stamp = post.headers["X-Inventory-Admin-Timestamp"]
    wanted = hmac.new(b"a-secret", f"{stamp}.".encode() + post.body, hashlib.sha256).hexdigest()
    assert post.headers["X-Inventory-Admin-Signature"] == f"v1={wanted}"
    assert abs(time.time() - int(stamp)) < 60
    assert post.path == "/hooks/T0/B0/token-in-the-path"


def test_the_body_is_what_slack_takes_and_can_call_no_channel(receiver: Receiver) -> None:
    hook.send(receiver.url, "a-secret", HELLO, uuid4())
    assert json.loads(receiver.posts[0].body) == {"text": "hello &lt;!channel&gt; &amp; all"}


def test_a_body_stays_small(receiver: Receiver) -> None:
    hook.send(receiver.url, "a-secret", Message("x", "x" * 100_000), uuid4())
    assert len(receiver.posts[0].body) < 4_000


def test_a_redirect_is_not_followed(receiver: Receiver) -> None:
    receiver.status, receiver.location = 307, receiver.url
    assert refusal(receiver.url) == "redirected"
    assert len(receiver.posts) == 1


@pytest.mark.parametrize("status", [400, 404, 410, 500, 503])
def test_what_the_receiver_refuses_is_a_failure(receiver: Receiver, status: int) -> None:
    receiver.status = status
    assert refusal(receiver.url) == "status"


def test_nobody_listening_is_a_failure() -> None:
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    assert refusal(f"http://127.0.0.1:{port}/") == "unreachable"


def test_who_drips_a_byte_now_and_then_is_cut_off(monkeypatch: Any) -> None:
    """Each byte comes well before the socket's own time limit."""
    monkeypatch.setattr(hook, "TOTAL_SECONDS", 0.6)

    def drip(plug: socket.socket) -> None:
        plug.sendall(b"HTTP/1.1 200 OK\r\nX: ")
        for _ in range(100):
            time.sleep(0.1)
            plug.sendall(b"x")

    with answering(drip) as url:
        assert refusal(url) == "timed_out"


def test_a_certificate_that_does_not_hold_is_a_failure() -> None:
    with answering(lambda plug: plug.sendall(b"HTTP/1.1 200 OK\r\n\r\n")) as url:
        assert refusal(url.replace("http:", "https:")) == "tls"


PRIVATE = [
    "127.0.0.1", "127.1.2.3", "10.0.0.1", "172.16.5.4", "192.168.1.1", "169.254.169.254", "100.64.0.1",
    "0.0.0.0", "::1", "fe80::1", "fd00:ec2::254", "::ffff:127.0.0.1",
    "::ffff:169.254.169.254", "64:ff9b::7f00:1", "2002:7f00:1::", "224.0.0.1", "255.255.255.255",
]  # fmt: skip


@pytest.mark.parametrize("address", PRIVATE)
def test_no_message_goes_into_a_private_network(address: str, settings: Any, monkeypatch: Any) -> None:
    settings.ALERT_PRIVATE_HOSTS = False
    _names(monkeypatch, address)
    monkeypatch.setattr(socket, "create_connection", _nobody)
    assert refusal("https://chat.example.com/hook") == "refused_address"


@pytest.mark.parametrize("address", ["169.254.169.254", "fe80::1", "::ffff:169.254.169.254", "0.0.0.0"])
def test_where_clouds_keep_their_keys_no_setting_leads(address: str, settings: Any, monkeypatch: Any) -> None:
    settings.ALERT_PRIVATE_HOSTS = True
    _names(monkeypatch, address)
    monkeypatch.setattr(socket, "create_connection", _nobody)
    assert refusal("https://chat.example.com/hook") == "refused_address"


def test_one_private_address_among_public_ones_is_enough_to_refuse(settings: Any, monkeypatch: Any) -> None:
    settings.ALERT_PRIVATE_HOSTS = False
    _names(monkeypatch, "93.184.216.34", "10.0.0.1")
    assert refusal("https://chat.example.com/hook") == "refused_address"


def test_the_address_that_was_checked_is_the_one_that_is_used(settings: Any, monkeypatch: Any) -> None:
    """A name that leads elsewhere when asked again (DNS rebinding) gains nothing."""
    settings.ALERT_PRIVATE_HOSTS = False
    asked: list[str] = []
    answers = iter(["93.184.216.34", "127.0.0.1"])

    def look_up(host: str, port: int, **options: Any) -> list[Any]:
        return [(socket.AF_INET, socket.SOCK_STREAM, 6, "", (next(answers), port))]

    def connect(address: tuple[str, int], **options: Any) -> None:
        asked.append(address[0])
        raise ConnectionRefusedError

    monkeypatch.setattr(socket, "getaddrinfo", look_up)
    monkeypatch.setattr(socket, "create_connection", connect)
    assert refusal("https://chat.example.com/hook") == "unreachable"
    assert asked == ["93.184.216.34"]


@pytest.mark.parametrize(
    ("url", "result"),
    [
        ("http://chat.example.com/hook", "not_https"),
        ("ftp://chat.example.com/", "bad_url"),
        ("file:///etc/passwd", "bad_url"),
        ("https://", "bad_url"),
        ("https://user:word@chat.example.com/", "bad_url"),
        ("https://chat.example.com:99999/", "bad_url"),
        ("https://chat.example.com/a b", "bad_url"),
        ("https://chat.example.com/\r\nX: y", "bad_url"),
        ("https://chat.example.com/\0", "bad_url"),
        (f"https://chat.example.com/{'x' * 1000}", "bad_url"),
        ("https://[::1", "bad_url"),
        (f"https://{'a' * 70}.example.com/", "bad_url"),
    ],
)
def test_a_url_that_cannot_be_used_is_refused_before_anything_is_asked(
    url: str, result: str, settings: Any, monkeypatch: Any
) -> None:
    settings.ALERT_PRIVATE_HOSTS = False
    monkeypatch.setattr(socket, "getaddrinfo", _nobody)
    assert refusal(url) == result


def test_a_resolver_that_hangs_is_not_waited_for(monkeypatch: Any) -> None:
    monkeypatch.setattr(addresses, "LOOKUP_SECONDS", 0.1)
    monkeypatch.setattr(socket, "getaddrinfo", lambda *args, **options: time.sleep(2) or [])
    assert refusal("https://chat.example.com/") == "no_such_host"


def test_what_was_sealed_with_another_key_is_not_read(settings: Any) -> None:
    sealed = sealing.seal({"url": "https://chat.example.com/token"})
    assert "chat" not in sealed
    assert sealing.unseal(sealed) == {"url": "https://chat.example.com/token"}
    settings.SECRET_KEY = "another-key"
    with pytest.raises(sealing.SealBrokenError):
        sealing.unseal(sealed)


@pytest.mark.django_db(transaction=True)
def test_a_message_and_a_failure_tell_nothing_of_orders_people_and_secrets(
    transactional_db: None, shop: VtexAccount, receiver: Receiver, mailbox: Mailbox, caplog: Any
) -> None:
    caplog.set_level(logging.DEBUG)
    chat = webhook(shop, receiver.url)
    rule(shop, chat, email(shop), measure=Measure.ROWS, limit=0)
    found = open_findings(shop, 3)
    receiver.status = 500
    look(shop)
    said = receiver.posts[0].text + mailbox.mails[0].partition("\r\n\r\n")[2]
    for private in (found[0].subject, "merchant", STAFF, "ana"):
        assert private not in said
    row = AlertChannel.objects.filter(pk=chat.pk).values().get()
    secret = sealing.unseal(chat.sealed)["secret"]
    for hidden in (secret, "token-in-the-path"):
        assert hidden not in caplog.text + str(row) + said


@pytest.mark.django_db(transaction=True)
def test_a_mail_goes_to_all_addresses_of_its_channel_in_its_language(
    transactional_db: None, shop: VtexAccount, mailbox: Mailbox
) -> None:
    rule(shop, email(shop, STAFF, "bo@example.com", language="pt-br"), measure=Measure.ROWS, limit=0)
    open_findings(shop, 3)
    look(shop)
    assert mailbox.recipients == [[STAFF, "bo@example.com"]]
    assert "Auto-Submitted: auto-generated" in mailbox.mails[0]
    assert "/s/luxstore/stuck/?cause=3Dhandling_skipped" in mailbox.mails[0].replace("=\r\n", "") or (
        "/s/luxstore/stuck/?cause=handling_skipped" in mailbox.mails[0]
    )


@pytest.mark.django_db(transaction=True)
def test_a_mail_server_that_refuses_or_is_away_is_a_failure(
    transactional_db: None, shop: VtexAccount, mailbox: Mailbox, settings: Any
) -> None:
    mailbox.refuses = True
    assert _mailed() == "mail_refused"
    with socket.create_server(("127.0.0.1", 0)) as free:
        settings.EMAIL_PORT = free.getsockname()[1]
    assert _mailed() == "no_mail_server"


def _mailed() -> str:
    with pytest.raises(NotSentError) as refused:
        mail.send([STAFF], HELLO, uuid4())
    return refused.value.result.value


def _names(monkeypatch: Any, *found: str) -> None:
    rows = [(0, socket.SOCK_STREAM, 6, "", (address, 443)) for address in found]
    monkeypatch.setattr(socket, "getaddrinfo", lambda *args, **options: rows)


def _nobody(*args: object, **options: object) -> None:
    raise AssertionError("nobody should be asked")
