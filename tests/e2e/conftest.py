"""A real browser against a live server, and a store whose VTEX is a sandbox spoken to over HTTP."""

import os
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from django.contrib.auth.models import User
from django.test import Client
from playwright.sync_api import Browser, BrowserContext, Page, Response, sync_playwright

from reconciler.models import Role
from reconciler.sandbox.server import SandboxServer
from tests import factories
from tests.actions.scene import Scene
from tests.conftest import store_at

OpenPage = Callable[..., Page]
QUIET = [
    "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-sync",
    "--disable-background-networking", "--disable-component-update",
]  # fmt: skip


@pytest.fixture(scope="session")
def browser(chromium: str) -> Iterator[Browser]:
    """One Chromium for all journeys. Its driver loops in this thread, which Django must not mind."""
    before = os.environ.get("DJANGO_ALLOW_ASYNC_UNSAFE")
    os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"] = "1"
    with sync_playwright() as playwright:
        launched = playwright.chromium.launch(executable_path=chromium, args=QUIET)
        yield launched
        launched.close()
    if before is None:
        del os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"]


@pytest.fixture
def open_page(browser: Browser, live_server: Any) -> Iterator[OpenPage]:
    """Opens a path, as a person or as nobody; anything the page complains about fails the test at its end:
    console errors (the content policy's among them), requests that failed, parts answered with an error.
    """
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
            reduced_motion="reduce",
            locale="en",
        )
        context.set_default_timeout(15_000)
        contexts.append(context)
        if person:
            context.add_cookies([session(person, live_server.url)])
        page = context.new_page()
        page.on("console", lambda said: complaints.append(said.text) if _is_fault(said) else None)
        page.on("pageerror", lambda error: complaints.append(str(error)))
        page.on("requestfailed", lambda one: complaints.extend(_failure(one)))
        page.on("response", lambda answer: complaints.extend(_refusal(answer)))
        page.goto(path)
        return page

    yield open_at
    for context in contexts:
        context.close()
    assert complaints == []


def _is_fault(said: Any) -> bool:
    return bool(said.type == "error" and "Failed to load resource" not in said.text)


def _failure(request: Any) -> list[str]:
    """A visit given up for the next one, or for a download, is no failure."""
    return [] if "ERR_ABORTED" in (request.failure or "") else [f"{request.url}: {request.failure}"]


def _refusal(answer: Response) -> list[str]:
    """A whole page may be a 404 that a person reads; a part of a page may not, and nothing may be a 500."""
    is_page = answer.request.is_navigation_request()
    bad = answer.status == 500 or (answer.status >= 400 and not is_page)
    return [f"{answer.status} {answer.url}"] if bad else []


def session(person: User, url: str) -> Any:
    """The cookie of somebody who has signed in."""
    client = Client()
    client.force_login(person)
    return {"name": "session", "value": client.cookies["session"].value, "url": url}


@pytest.fixture
def sandbox(start_sandbox: Callable[..., SandboxServer]) -> SandboxServer:
    return start_sandbox(scenario="empty", transition_seconds=0, inventory_lock_seconds=0)


@pytest.fixture
def scene(quick: Any, sandbox: SandboxServer, transactional_db: None) -> Scene:
    """A store of one pair built to order; `scene.person` is support."""
    quick.STORES = {"luxstore": store_at(sandbox)}
    return Scene(factories.account("luxstore"), sandbox)


@pytest.fixture
def merchant(scene: Scene) -> User:
    return factories.user("merchant", Role.OPERATOR, Role.APPROVER, Role.ADMIN, store=scene.store)


@pytest.fixture
def auditor(scene: Scene) -> User:
    return factories.user("auditor", Role.AUDITOR, store=scene.store)
