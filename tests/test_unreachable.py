"""While the database is away, everybody is told so, in their language, and nothing is repeated."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from django.db import InterfaceError, OperationalError, connection
from django.test import Client

from inventory_admin import databases

pytestmark = pytest.mark.django_db

PAGES = ["/", "/s/luxstore/stuck/", "/s/luxstore/audit/"]


@pytest.fixture(params=[OperationalError, InterfaceError])
def away(request: pytest.FixtureRequest) -> Iterator[None]:
    def refuse(*call: Any) -> None:
        raise request.param("server closed the connection\nat 10.0.0.5")

    with connection.execute_wrapper(refuse):
        yield


@pytest.fixture
def browser(signed_in: Callable[..., Client], merchant: Any) -> Client:
    client = signed_in(merchant)
    client.raise_request_exception = False
    return client


@pytest.mark.parametrize("page", PAGES)
def test_a_page_says_that_the_database_is_away_and_tries_again(
    browser: Client, away: None, page: str
) -> None:
    answer = browser.get(page)
    said = answer.content.decode()
    assert (answer.status_code, answer["Retry-After"], answer["Cache-Control"]) == (503, "5", "no-store")
    assert "The database cannot be reached right now" in said
    assert 'http-equiv="refresh"' in said
    assert "10.0.0.5" not in said
    assert "Traceback" not in said


@pytest.mark.parametrize(("language", "said"), [("pt-br", 'lang="pt-br"'), ("es", 'lang="es"')])
def test_it_is_said_in_the_language_of_the_browser(
    browser: Client, away: None, language: str, said: str
) -> None:
    assert said in browser.get("/", headers={"Accept-Language": language}).content.decode()


def test_a_post_is_not_repeated_by_the_page_that_answers_it(browser: Client, away: None) -> None:
    said = browser.post("/s/luxstore/sync/pause/", {"reason": "because"}).content.decode()
    assert "Nothing is sent again by itself" in said
    assert "refresh" not in said


def test_a_login_while_the_database_is_away_is_told_so(away: None) -> None:
    client = Client(raise_request_exception=False)
    answer = client.post("/accounts/login/", {"login": "support", "password": "a-long-password-7"})
    assert answer.status_code == 503


def test_a_part_of_a_page_asks_for_itself_again(browser: Client, away: None) -> None:
    said = browser.get("/s/luxstore/stuck/?q=a%22b", headers={"HX-Request": "true"}).content.decode()
    assert "<html" not in said
    assert 'hx-get="/s/luxstore/stuck/?q=a%22b"' in said


def test_a_program_is_told_in_json(browser: Client, away: None) -> None:
    answer = browser.get("/", headers={"Accept": "application/json"})
    assert (answer.status_code, answer.json()) == (
        503,
        {"error": "The database cannot be reached right now."},
    )


def test_it_is_logged_in_one_line_without_a_traceback(
    browser: Client, away: None, caplog: pytest.LogCaptureFixture
) -> None:
    browser.get("/")
    assert not [record for record in caplog.records if record.exc_info]
    assert [record for record in caplog.records if "database unreachable" in record.getMessage()]


def test_the_process_is_alive_but_not_ready(client: Client, away: None) -> None:
    assert client.get("/healthz").status_code == 200
    answer = client.get("/readyz")
    assert (answer.status_code, answer.content) == (503, b"database: it cannot be reached\n")


def test_a_probe_that_carries_a_session_is_answered_alike(browser: Client, away: None) -> None:
    assert browser.get("/healthz").status_code == 200
    assert browser.get("/readyz").content == b"database: it cannot be reached\n"


def test_another_fault_is_still_a_fault_of_ours(browser: Client) -> None:
    def break_down(*call: Any) -> None:
        raise ValueError("broken")

    with connection.execute_wrapper(break_down):
        assert browser.get("/").status_code == 500


@pytest.mark.parametrize("program", ["/usr/bin/gunicorn", "/lib/site-packages/gunicorn/__main__.py"])
def test_a_page_is_cut_off_where_a_command_may_take_its_time(program: str) -> None:
    sizes = {"threads": 4, "lanes": 4}
    web = databases.process(program, **sizes)
    command = databases.process("manage.py", **sizes)
    assert (web.connections, command.connections) == (5, 9)
    assert "statement_timeout=30s" in web.limits
    assert "statement_timeout=0s" in command.limits


def test_what_the_address_says_of_the_database_goes_before_our_options() -> None:
    process = databases.process("gunicorn", threads=4, lanes=4)
    given = {
        "ENGINE": "django.db.backends.postgresql",
        "OPTIONS": {"connect_timeout": 9, "sslmode": "require"},
    }
    options = databases.complete(given, Path(), process)["OPTIONS"]
    assert (options["connect_timeout"], options["sslmode"]) == (9, "require")
