"""The alerts page: an admin changes rules and channels, others look, and each change is on record."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from django.contrib.auth.models import User
from django.test import Client

from reconciler.alerts import sealing
from reconciler.handlers import HANDLERS
from reconciler.models import (
    AlertChannel,
    AlertRule,
    AuditEntry,
    Cause,
    Measure,
    Role,
    VtexAccount,
)
from reconciler.views.alerts_forms import ChannelForm
from reconciler.work.pump import Pump
from tests import factories
from tests.alerts.conftest import STAFF, email, look, open_findings, rule, webhook
from tests.alerts.receivers import Mailbox, Receiver
from tests.views.test_read_pages import MOST_QUERIES, queries

pytestmark = pytest.mark.django_db
ALERTS = "/s/luxstore/alerts/"
URL = "https://hooks.slack.com/services/T0/B0/token-in-the-path"
SignIn = Callable[[User], Client]


@pytest.fixture
def admin(shop: VtexAccount, signed_in: SignIn) -> Client:
    return signed_in(factories.user("merchant", Role.ADMIN, store=shop))


@pytest.fixture
def viewer(shop: VtexAccount, signed_in: SignIn) -> Client:
    return signed_in(factories.user("support", Role.OPERATOR, Role.APPROVER, Role.AUDITOR, store=shop))


def audited() -> list[str]:
    return list(AuditEntry.objects.order_by("sequence").values_list("action", flat=True))


def rule_form(*channels: AlertChannel, **values: Any) -> dict[str, Any]:
    keys = [str(channel.pk) for channel in channels]
    return {"cause": "", "measure": "rows", "limit": "20", "channels": keys, "tell_recovery": "on", **values}


def webhook_form(**values: Any) -> dict[str, Any]:
    return {"name": "chat", "url": URL, "quiet_minutes": "60", "language": "en", **values}


def test_an_admin_makes_a_webhook_sees_its_secret_once_and_never_its_url_again(
    admin: Client, shop: VtexAccount
) -> None:
    made = admin.post(f"{ALERTS}channels/webhook/", webhook_form())
    channel = AlertChannel.objects.get()
    secret = sealing.unseal(channel.sealed)["secret"]
    assert secret in made.content.decode()
    assert "no-store" in made["Cache-Control"]
    pages = [ALERTS, f"{ALERTS}channels/{channel.pk}/", "/s/luxstore/audit/", "/s/luxstore/audit.jsonl"]
    admin.force_login(factories.user("everybody", *Role.values, store=shop))
    for page in pages:
        answer = admin.get(page)
        body = b"".join(answer) if answer.streaming else answer.content
        assert b"hooks.slack.com" in body or "audit/" in page
        assert secret.encode() not in body
        assert b"token-in-the-path" not in body
    bodies = "".join(AuditEntry.objects.values_list("body", flat=True))
    assert "hooks.slack.com" in bodies
    assert secret not in bodies
    assert "token-in-the-path" not in bodies


def test_a_new_secret_replaces_the_old_one_and_is_on_record(admin: Client, shop: VtexAccount) -> None:
    channel = webhook(shop, URL)
    old = sealing.unseal(channel.sealed)
    shown = admin.post(f"{ALERTS}channels/{channel.pk}/secret/").content.decode()
    channel.refresh_from_db()
    new = sealing.unseal(channel.sealed)
    assert new["secret"] in shown
    assert new["secret"] != old["secret"]
    assert new["url"] == old["url"]
    assert audited()[-1] == "alert.secret_renewed"


def test_addresses_are_masked_for_everybody_and_absent_from_the_trail(
    admin: Client, viewer: Client, shop: VtexAccount
) -> None:
    form = {"name": "staff", "addresses": f"{STAFF}\nbo@example.com", "quiet_minutes": 60, "language": "es"}
    assert admin.post(f"{ALERTS}channels/email/", form).status_code == 303
    page = viewer.get(ALERTS).content.decode()
    assert "a***@example.com, b***@example.com" in page
    assert STAFF not in page
    assert STAFF not in "".join(AuditEntry.objects.values_list("body", flat=True))


def test_a_rule_is_added_changed_and_removed_each_on_record(admin: Client, shop: VtexAccount) -> None:
    channel = email(shop)
    form = rule_form(channel, cause="handling_skipped", measure="value", limit="1500")
    assert admin.post(f"{ALERTS}rules/new/", form).status_code == 303
    made = AlertRule.objects.get()
    assert (made.cause, made.measure, made.limit) == (Cause.HANDLING_SKIPPED, Measure.VALUE, 150_000)
    page = admin.get(ALERTS).content.decode()
    assert "Handling skipped" in page
    assert "R$\xa01,500.00" in page
    assert 'value="1500"' in admin.get(f"{ALERTS}rules/{made.pk}/").content.decode()
    admin.post(f"{ALERTS}rules/{made.pk}/", rule_form(channel, limit="7"))
    made.refresh_from_db()
    assert (made.cause, made.measure, made.limit) == ("", Measure.ROWS, 7)
    admin.post(f"{ALERTS}rules/{made.pk}/remove/")
    assert not AlertRule.objects.exists()
    assert audited() == [
        "alert.channel_added",
        "alert.rule_added",
        "alert.rule_changed",
        "alert.rule_removed",
    ]
    changed = AuditEntry.objects.get(action="alert.rule_changed")
    assert '"limit":150000' in changed.body
    assert '"limit":7' in changed.body


def test_a_changed_rule_is_told_anew(admin: Client, shop: VtexAccount, receiver: Receiver) -> None:
    channel = webhook(shop, receiver.url, quiet_minutes=1)
    kept = rule(shop, channel, measure=Measure.ROWS, limit=2)
    open_findings(shop, 3)
    look(shop)
    admin.post(f"{ALERTS}rules/{kept.pk}/", rule_form(channel, cause=kept.cause, limit="1"))
    AlertChannel.objects.update(not_before=None)
    look(shop)
    assert "alert above 1)" in receiver.posts[1].text


def test_everybody_else_looks_and_changes_nothing(viewer: Client, shop: VtexAccount) -> None:
    channel = webhook(shop, URL)
    kept = rule(shop, channel)
    page = viewer.get(ALERTS).content.decode()
    assert "Only an admin" in page
    assert "Send a test" not in page
    assert f"{ALERTS}channels/" not in page
    before = AuditEntry.objects.count()
    paths = [
        "rules/new/", f"rules/{kept.pk}/", f"rules/{kept.pk}/remove/", "channels/email/", "channels/webhook/",
        *(f"channels/{channel.pk}/{verb}" for verb in ("", "remove/", "secret/", "test/")),
    ]  # fmt: skip
    for path in paths:
        assert viewer.post(f"{ALERTS}{path}").status_code == 403, path
    assert audited()[before:] == ["access.refused"] * len(paths)


def test_nobody_reaches_the_rules_and_channels_of_another_store(admin: Client, shop: VtexAccount) -> None:
    other = factories.account("other")
    channel = webhook(other, URL)
    kept = rule(other, channel)
    paths = [f"rules/{kept.pk}/", f"rules/{kept.pk}/remove/"]
    paths += [f"channels/{channel.pk}/{verb}" for verb in ("", "remove/", "secret/", "test/")]
    for path in paths:
        assert admin.post(f"{ALERTS}{path}", webhook_form()).status_code == 404, path
    given = admin.post(f"{ALERTS}rules/new/", rule_form(channel))
    assert given.status_code == 422


@pytest.mark.django_db(transaction=True)
def test_the_test_button_sends_a_marked_message_and_both_ends_are_on_record(
    transactional_db: None, admin: Client, shop: VtexAccount, receiver: Receiver, mailbox: Mailbox
) -> None:
    for channel in (webhook(shop, receiver.url), email(shop)):
        admin.post(f"{ALERTS}channels/{channel.pk}/test/")
    assert "on its way" in admin.get(ALERTS).content.decode()
    Pump(HANDLERS).run_until_idle(shop)
    for said in (receiver.posts[0].text, mailbox.mails[0]):
        assert "TEST" in said
        assert "Nothing is wrong" in said
    entries = AuditEntry.objects.filter(action__startswith="alert.test").order_by("sequence")
    assert list(entries.values_list("action", "actor", "outcome")) == [
        *[("alert.test", "merchant", "")] * 2,
        *[("alert.tested", "system", "verified")] * 2,
    ]
    assert admin.get(ALERTS).content.decode().count("Delivered") >= 2
    channel.refresh_from_db()
    assert channel.not_before is None, "a test begins no quiet period"


@pytest.mark.django_db(transaction=True)
def test_a_test_that_fails_says_why_and_is_not_tried_again(
    transactional_db: None, admin: Client, shop: VtexAccount, receiver: Receiver
) -> None:
    receiver.status = 404
    channel = webhook(shop, receiver.url)
    admin.post(f"{ALERTS}channels/{channel.pk}/test/")
    Pump(HANDLERS).run_until_idle(shop)
    assert "Refused by the receiver (404)" in admin.get(ALERTS).content.decode()
    assert not shop.work.exists()
    assert AuditEntry.objects.get(action="alert.tested").outcome == "failed"


@pytest.mark.parametrize(
    "values",
    [
        {"name": ""}, {"name": "ana@example.com"}, {"url": ""}, {"url": "ftp://x"}, {"url": "\0"},
        {"name": "\0"}, {"quiet_minutes": "0"}, {"quiet_minutes": "9" * 30}, {"language": "xx"},
        {"url": "x" * 5000},
    ],
)  # fmt: skip
def test_a_channel_that_makes_no_sense_is_not_kept(admin: Client, values: dict[str, str]) -> None:
    assert admin.post(f"{ALERTS}channels/webhook/", webhook_form(**values)).status_code == 422
    assert not AlertChannel.objects.exists()


ELEVEN = " ".join(f"a{number}@example.com" for number in range(11))


@pytest.mark.parametrize("addresses", ["", "nobody", "a@b", "a@example.com\r\nBcc: x", ELEVEN])
def test_addresses_that_make_no_sense_are_not_kept(admin: Client, addresses: str) -> None:
    form = {"name": "staff", "addresses": addresses, "quiet_minutes": "60", "language": "en"}
    assert admin.post(f"{ALERTS}channels/email/", form).status_code == 422
    assert not AlertChannel.objects.exists()


@pytest.mark.parametrize(
    "values",
    [
        {"cause": "could_not_tell"}, {"cause": "x"}, {"measure": "x"}, {"limit": "-1"}, {"limit": "1.5"},
        {"limit": "9" * 30}, {"limit": "\0"}, {"channels": ["0"]}, {"channels": []}, {"channels": ["\0"]},
    ],
)  # fmt: skip
def test_a_rule_that_makes_no_sense_is_not_kept(
    admin: Client, shop: VtexAccount, values: dict[str, Any]
) -> None:
    answer = admin.post(f"{ALERTS}rules/new/", {**rule_form(email(shop)), **values})
    assert answer.status_code == 422
    assert not AlertRule.objects.exists()


def test_two_channels_of_one_name_would_not_be_told_apart(admin: Client, shop: VtexAccount) -> None:
    webhook(shop, URL)
    assert admin.post(f"{ALERTS}channels/webhook/", webhook_form()).status_code == 422
    second = webhook(shop, URL, "second")
    assert admin.post(f"{ALERTS}channels/{second.pk}/", webhook_form(url="")).status_code == 422
    assert admin.post(f"{ALERTS}channels/{second.pk}/", webhook_form(name="new", url="")).status_code == 303
    second.refresh_from_db()
    assert second.name == "new"
    assert sealing.unseal(second.sealed)["url"] == URL


def test_who_saves_the_same_name_a_moment_later_is_told(
    admin: Client, shop: VtexAccount, monkeypatch: pytest.MonkeyPatch
) -> None:
    webhook(shop, URL)
    second = webhook(shop, URL, "second")
    monkeypatch.setattr(ChannelForm, "clean_name", lambda form: form.cleaned_data["name"])
    for path in ("channels/webhook/", f"channels/{second.pk}/"):
        assert admin.post(f"{ALERTS}{path}", webhook_form()).status_code == 422, path


def test_a_channel_is_tried_once_in_half_a_minute(admin: Client, shop: VtexAccount) -> None:
    channel = webhook(shop, URL)
    for _ in range(2):
        admin.post(f"{ALERTS}channels/{channel.pk}/test/")
    assert AuditEntry.objects.filter(action="alert.test").count() == 1


def test_the_page_asks_the_same_few_queries_for_two_channels_and_for_forty(
    admin: Client, shop: VtexAccount
) -> None:
    def more(first: int, last: int) -> None:
        for number in range(first, last):
            rule(shop, webhook(shop, URL, f"chat {number}"))

    more(0, 2)
    admin.get(ALERTS)
    few = queries(admin, ALERTS)
    more(2, 40)
    assert queries(admin, ALERTS) <= min(few, MOST_QUERIES)


def test_that_mails_go_nowhere_is_said(admin: Client, shop: VtexAccount, settings: Any) -> None:
    settings.EMAIL_BACKEND = "django.core.mail.backends.console.EmailBackend"
    email(shop)
    assert "EMAIL_URL" in admin.get(ALERTS).content.decode()


def test_links_carry_the_address_of_this_site(
    shop: VtexAccount, receiver: Receiver, settings: Any, admin: Client
) -> None:
    settings.SITE_URL = "https://inventory.example.com"
    rule(shop, webhook(shop, receiver.url), measure=Measure.ROWS, limit=0)
    open_findings(shop, 1)
    look(shop)
    assert "https://inventory.example.com/s/luxstore/stuck/?cause=handling_skipped" in receiver.posts[0].text
