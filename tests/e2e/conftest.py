"""A real browser against a live server."""

import os
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from django.contrib.auth.models import User
from django.test import Client
from playwright.sync_api import Browser, BrowserContext, Page, sync_playwright

OpenPage = Callable[..., Page]


@pytest.fixture(scope="session")
def browser(chromium: str) -> Iterator[Browser]:
    """One Chromium for all journeys. Its driver's loop runs in this thread; Django must not mind."""
    before = os.environ.get("DJANGO_ALLOW_ASYNC_UNSAFE")
    os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"] = "1"
    with sync_playwright() as playwright:
        launched = playwright.chromium.launch(
            executable_path=chromium, args=["--no-sandbox", "--disable-gpu", "--disable-quic"]
        )
        yield launched
        launched.close()
    if before is None:
        del os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"]


@pytest.fixture
def open_page(browser: Browser, live_server: Any) -> Iterator[OpenPage]:
    """Opens a path, as a person or as nobody; anything the page complains about fails the test at its end."""
    contexts: list[BrowserContext] = []
    complaints: list[str] = []

    def open_at(
        path: str,
        person: User | None = None,
        *,
        scheme: str = "light",
        width: int = 1440,
        script: bool = True,
    ) -> Page:
        context = browser.new_context(
            base_url=live_server.url,
            color_scheme="dark" if scheme == "dark" else "light",
            viewport={"width": width, "height": 900},
            java_script_enabled=script,
            locale="en",
        )
        contexts.append(context)
        if person:
            context.add_cookies([_session(person, live_server.url)])
        page = context.new_page()
        page.on("console", lambda said: complaints.append(said.text) if _is_fault(said) else None)
        page.on("pageerror", lambda error: complaints.append(str(error)))
        page.goto(path)
        return page

    yield open_at
    for context in contexts:
        context.close()
    assert complaints == []


def _is_fault(said: Any) -> bool:
    return bool(said.type == "error" and "Failed to load resource" not in said.text)


def _session(person: User, url: str) -> Any:
    client = Client()
    client.force_login(person)
    return {"name": "session", "value": client.cookies["session"].value, "url": url}
