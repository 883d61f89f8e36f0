"""`make screenshots`: the pictures of the README, of the demo store in a sandbox.

`python -m tests.screenshots FOLDER` takes every page instead, at two widths and in both themes, to look at.
"""

import os
import shutil
import sys
import tempfile
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from inventory_admin import demo

ROOT = Path(__file__).resolve().parent.parent
IMAGES = ROOT / "docs" / "images"
SIZES = {"wide": 1440, "narrow": 390}


def main(folder: str = "") -> None:
    with tempfile.TemporaryDirectory() as data, shop(Path(data)) as (url, session):
        if folder:
            everything(url, session, Path(folder))
        else:
            for_the_readme(url, session)


def for_the_readme(url: str, session: str) -> None:
    from reconciler.models import Cause

    IMAGES.mkdir(exist_ok=True)
    with browsing(url, session, width=1440, theme="light") as page:
        take(page, "stuck/", IMAGES / "stuck.png")
        take(page, subject(Cause.HANDLING_SKIPPED), IMAGES / "reservation.png")


def everything(url: str, session: str, folder: Path) -> None:
    folder.mkdir(parents=True, exist_ok=True)
    for size, width in SIZES.items():
        for theme in ("light", "dark"):
            with browsing(url, session, width=width, theme=theme) as page:
                for name, path in pages().items():
                    take(page, path, folder / f"{name}-{size}-{theme}.png", whole=True)


def pages() -> dict[str, str]:
    from reconciler.models import Cause

    skipped, counted = subject(Cause.HANDLING_SKIPPED), subject(Cause.COUNT_NOT_UPDATED)
    lists = ["stuck", "orders", "stock", "attempts", "audit", "sync"]
    return {
        "overview": "",
        **{name: f"{name}/" for name in lists},
        "stuck-none": "stuck/?q=nothing-like-it",
        "could-not-tell": "stuck/?cause=could_not_tell",
        "reservation": skipped,
        "cancel": f"{skipped}cancel/",
        "acknowledge": f"{skipped}acknowledge/",
        "cancel-refused": f"{counted}cancel/",
        "order": subject(Cause.HANDLING_OVERDUE),
        "start-handling": f"{subject(Cause.HANDLING_OVERDUE)}start-handling/",
        "pause": "sync/pause/",
        "not-mirrored": "orders/unknown/",
        "not-found": "nowhere/",
    }


def subject(cause: str) -> str:
    """The address of the costliest case of a cause, below its store."""
    from reconciler.models import Finding, VtexAccount
    from reconciler.views import links

    found = Finding.objects.filter(cause=cause, closed_at=None).exclude(confirmed_at=None)
    case = found.select_related("order", "reservation", "balance").order_by("-value_cents", "id")[0]
    store = VtexAccount.objects.get()
    return links.of_finding(store, case).removeprefix(f"/s/{store.name}/")


@contextmanager
def shop(data: Path) -> Iterator[tuple[str, str]]:
    """The demo store, read and served; its address, and the session of somebody who has signed in."""
    from reconciler.sandbox.server import SandboxServer

    demo.prepare(os.environ, data)
    key, token = os.environ["VTEX_APP_KEY"], os.environ["VTEX_APP_TOKEN"]
    with SandboxServer("demo", account=demo.ACCOUNT, app_key=key, app_token=token) as sandbox:
        os.environ |= {
            "VTEX_BASE_URL": sandbox.url,
            "LOG_LEVEL": "ERROR",
            "DJANGO_SETTINGS_MODULE": "inventory_admin.settings",
        }
        session = filled()
        with served() as url:
            yield url, session


def filled() -> str:
    import django

    django.setup()
    from django.contrib.auth.models import User
    from django.core.management import call_command
    from django.test import Client

    from reconciler.models import Membership, Role, VtexAccount

    for command in ("migrate", "createcachetable", "sync"):
        call_command(command, verbosity=0)
    person = User.objects.create(username="merchant")
    for role in Role:
        Membership.objects.create(user=person, account=VtexAccount.objects.get(), role=role)
    client = Client()
    client.force_login(person)
    return client.cookies["session"].value


@contextmanager
def served() -> Iterator[str]:
    from django.core.servers.basehttp import ThreadedWSGIServer, WSGIRequestHandler

    from inventory_admin.wsgi import application

    class Quiet(WSGIRequestHandler):
        def log_message(self, format: str, *args: Any) -> None:
            """Nobody reads it."""

    server = ThreadedWSGIServer(("127.0.0.1", 0), Quiet)
    server.set_app(application)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield f"http://127.0.0.1:{server.server_port}"
    server.shutdown()
    server.server_close()


@contextmanager
def browsing(url: str, session: str, *, width: int, theme: Any) -> Iterator[Any]:
    from playwright.sync_api import sync_playwright

    os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"] = "1"
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(
            executable_path=shutil.which("chromium"), args=["--no-sandbox", "--disable-gpu"]
        )
        size = {"width": width, "height": 900}
        context = browser.new_context(base_url=url, viewport=size, color_scheme=theme, locale="en")
        context.add_cookies([{"name": "session", "value": session, "url": url}])
        yield context.new_page()
        browser.close()


def take(page: Any, path: str, file: Path, *, whole: bool = False) -> None:
    page.goto(f"/s/{demo.ACCOUNT}/{path}", wait_until="networkidle")
    page.screenshot(path=file, full_page=whole)


if __name__ == "__main__":
    main(*sys.argv[1:])
