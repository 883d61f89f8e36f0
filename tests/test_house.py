"""The frame around the pages: headers, login, language, health, errors, files for the browser."""

import hashlib
import json
import logging
import re
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from django.contrib.auth.models import User
from django.contrib.staticfiles import finders
from django.core.management import call_command
from django.test import Client, RequestFactory
from django.urls import URLPattern, URLResolver, get_resolver
from django.utils import timezone

from inventory_admin.context import Shell
from inventory_admin.logs import DropQueryString
from reconciler.models import AuditHead, Role, Worker
from reconciler.work import presence, units
from tests import factories

ROOT = Path(__file__).resolve().parent.parent
STATIC = ROOT / "static"
SignIn = Callable[[User], Client]


@pytest.mark.django_db
def test_the_browser_may_run_only_our_own_scripts_and_styles(client: Client) -> None:
    policy = client.get("/accounts/login/")["Content-Security-Policy"]
    rules = dict(rule.strip().split(" ", 1) for rule in policy.split(";"))
    assert rules["default-src"] == "'none'"
    assert rules["script-src"] == rules["style-src"] == "'self'"
    assert "unsafe" not in policy


@pytest.mark.django_db
def test_every_answer_says_what_the_browser_may_do_and_how_to_name_the_request(client: Client) -> None:
    answer = client.get("/accounts/login/")
    assert "camera=()" in answer["Permissions-Policy"]
    assert answer["Referrer-Policy"] == "same-origin"
    assert answer["X-Frame-Options"] == "DENY"
    assert re.fullmatch(r"[0-9a-f]{32}", answer["X-Request-ID"])


@pytest.mark.django_db
def test_a_request_id_from_a_proxy_is_kept_and_a_strange_one_is_not(client: Client) -> None:
    kept = client.get("/healthz", headers={"X-Request-ID": "abc-12345678"})
    assert kept["X-Request-ID"] == "abc-12345678"
    strange = client.get("/healthz", headers={"X-Request-ID": "<script>"})
    assert strange["X-Request-ID"] != "<script>"


def test_templates_hold_no_inline_style_or_script() -> None:
    found = [
        (path.name, match)
        for path in (ROOT / "templates").rglob("*.html")
        for match in re.findall(
            r"<style|\sstyle=|\son[a-z]+=|javascript:|<script(?![^>]*\ssrc=)", path.read_text()
        )
    ]
    assert found == []


def test_every_symbol_that_a_template_draws_is_in_the_sprite() -> None:
    drawn = {
        name
        for path in (ROOT / "templates").rglob("*.html")
        for name in re.findall(r"\{% icon \"([^\"]+)\"", path.read_text())
    }
    assert drawn
    assert drawn <= set(re.findall(r'<symbol id="([^"]+)"', (STATIC / "icons.svg").read_text()))


def test_vendored_files_are_those_that_were_checked_in() -> None:
    for package in json.loads((STATIC / "vendor" / "VERSIONS.json").read_text()):
        assert package["licence"] == "MIT"
        for name, digest in package["files"].items():
            assert hashlib.sha256((STATIC / name).read_bytes()).hexdigest() == digest, name


@pytest.mark.django_db
def test_the_page_loads_htmx_two(client: Client) -> None:
    page = client.get("/accounts/login/").content.decode()
    assert "htmx-2.min.js" in page
    script = finders.find("django_htmx/htmx-2.min.js")
    assert script
    assert re.search(r'version:"2\.\d+\.\d+"', Path(script).read_text())


def test_files_for_the_browser_can_be_collected_with_hashed_names(settings: Any, tmp_path: Path) -> None:
    settings.STATIC_ROOT = tmp_path
    settings.STORAGES = {
        **settings.STORAGES,
        "staticfiles": {"BACKEND": "whitenoise.storage.CompressedManifestStaticFilesStorage"},
    }
    call_command("collectstatic", interactive=False, verbosity=0)
    assert list(tmp_path.glob("css/tokens.*.css"))


@pytest.mark.django_db
def test_health_needs_no_login(client: Client) -> None:
    assert client.get("/healthz").content == b"ok\n"
    assert client.get("/readyz").content.startswith(b"ok\n")


@pytest.mark.django_db
def test_readiness_tells_of_workers_and_does_not_depend_on_them(client: Client) -> None:
    assert client.get("/readyz").content == b"ok\nworkers: none\n"
    presence.beat(lanes=4)
    assert client.get("/readyz").content == b"ok\nworkers: 1\n"


@pytest.mark.django_db
def test_pages_figures_and_readiness_agree_on_when_a_worker_is_gone(client: Client, settings: Any) -> None:
    settings.METRICS_TOKEN = "a-token"
    presence.beat(lanes=4)
    for silent, running in ((presence.SILENT_AFTER / 2, 1), (presence.SILENT_AFTER * 1.1, 0)):
        Worker.objects.update(heartbeat_at=timezone.now() - silent)
        figures = client.get("/metrics", headers={"Authorization": "Bearer a-token"}).content.decode()
        assert f"inventory_workers {running}.0" in figures
        assert client.get("/readyz").content.decode().endswith(f"workers: {running or 'none'}\n")
        assert len(presence.running(timezone.now())) == running


@pytest.mark.django_db
def test_a_worker_that_ended_is_remembered_and_not_counted(client: Client) -> None:
    presence.beat(lanes=4)
    presence.leave()
    assert presence.running(timezone.now()) == []
    assert Worker.objects.get().left_at
    presence.beat(lanes=4)
    assert len(presence.running(timezone.now())) == 1


@pytest.mark.django_db
def test_figures_are_hidden_without_the_token(client: Client, settings: Any) -> None:
    assert client.get("/metrics").status_code == 404
    settings.METRICS_TOKEN = "a-token"
    assert client.get("/metrics").status_code == 404
    assert client.get("/metrics", headers={"Authorization": "Bearer another"}).status_code == 404


@pytest.mark.django_db
def test_figures_count_the_stuck_findings_of_each_store(client: Client, settings: Any) -> None:
    settings.METRICS_TOKEN = "a-token"
    factories.stuck(factories.account("luxstore"))
    figures = client.get("/metrics", headers={"Authorization": "Bearer a-token"}).content.decode()
    assert re.search(r'inventory_stuck_findings\{cause="\w+",store="luxstore"\} 1\.0', figures)


@pytest.mark.django_db
def test_a_person_signs_in_by_name_and_out_again(client: Client) -> None:
    User.objects.create_user("support", password="a-long-password-7")
    signed = client.post("/accounts/login/", {"login": "support", "password": "a-long-password-7"})
    assert (signed.status_code, signed["Location"]) == (302, "/")
    client.post("/accounts/logout/")
    assert "/accounts/login/" in client.get("/")["Location"]


@pytest.mark.django_db
def test_guessing_a_password_is_stopped_after_five_failures(client: Client) -> None:
    User.objects.create_user("support", password="a-long-password-7")
    for _ in range(5):
        client.post("/accounts/login/", {"login": "support", "password": "wrong"})
    right = client.post("/accounts/login/", {"login": "support", "password": "a-long-password-7"})
    assert right.status_code == 200
    assert "_auth_user_id" not in client.session


@pytest.mark.django_db
def test_nobody_can_sign_up_or_reset_a_password_by_mail(client: Client) -> None:
    for path in ("signup", "password/reset", "email", "confirm-email"):
        assert client.get(f"/accounts/{path}/").status_code == 404


@pytest.mark.django_db
@pytest.mark.parametrize(
    "path", ["password/change", "2fa", "2fa/totp/activate", "2fa/recovery-codes", "logout", "reauthenticate"]
)
def test_the_pages_of_ones_own_account_answer(path: str, client: Client) -> None:
    person = User.objects.create_user("support", password="a-long-password-7")
    client.post("/accounts/login/", {"login": person.username, "password": "a-long-password-7"})
    answer = client.get(f"/accounts/{path}/", follow=True)
    assert answer.status_code == (404 if "codes" in path else 200)


@pytest.mark.django_db
def test_the_language_can_be_chosen_before_signing_in(client: Client) -> None:
    client.post("/language/", {"language": "es", "next": "/accounts/login/"})
    assert '<html lang="es">' in client.get("/accounts/login/").content.decode()


@pytest.mark.django_db
def test_the_language_switch_never_leads_to_another_site(client: Client) -> None:
    answer = client.post("/language/", {"language": "es", "next": "https://example.com/"})
    assert answer["Location"] == "/"


@pytest.mark.django_db
def test_an_unknown_page_is_explained_and_carries_the_request_id(client: Client) -> None:
    answer = client.get("/nowhere/")
    assert answer.status_code == 404
    assert answer["X-Request-ID"] in answer.content.decode()


@pytest.mark.django_db
def test_a_form_without_its_token_is_explained() -> None:
    answer = Client(enforce_csrf_checks=True).post("/accounts/login/", {"login": "x"})
    assert answer.status_code == 403
    assert "This form is out of date" in answer.content.decode()


def test_a_fault_of_ours_has_a_page_that_needs_nothing() -> None:
    page = get_resolver().resolve_error_handler(500)(RequestFactory().get("/"))
    assert page.status_code == 500
    assert b"The fault is ours" in page.content


def test_the_paths_that_need_no_login_are_these_alone() -> None:
    open_paths = {path for path, view in routes(get_resolver()) if not getattr(view, "login_required", True)}
    assert open_paths == {
        "accounts/login/",
        "accounts/logout/",
        "accounts/inactive/",
        "accounts/2fa/authenticate/",
        "language/",
        "healthz",
        "readyz",
        "metrics",
        "hooks/vtex/<account:account>/",
    }


def routes(resolver: URLResolver, before: str = "") -> list[tuple[str, Any]]:
    found: list[tuple[str, Any]] = []
    for entry in resolver.url_patterns:
        path = before + str(entry.pattern)
        if isinstance(entry, URLPattern):
            found.append((path, entry.callback))
        else:
            found += routes(entry, path)
    return found


@pytest.mark.parametrize(
    ("line", "logged"),
    [
        ("GET /s/lux/orders/?q=ana@example.com HTTP/1.1", "GET /s/lux/orders/ HTTP/1.1"),
        ("/s/lux/?cursor=1", "/s/lux/"),
        ("nothing to cut", "nothing to cut"),
    ],
)
def test_logs_leave_out_what_people_searched_for(line: str, logged: str) -> None:
    record = logging.LogRecord("django.server", logging.INFO, "", 0, "%s %s", (line, 200), None)
    DropQueryString().filter(record)
    assert record.getMessage() == f"{logged} 200"


@pytest.mark.django_db
def test_the_frame_shows_only_the_stores_of_this_person() -> None:
    factories.account("other")
    request = RequestFactory().get("/")
    request.user = factories.user("support", Role.OPERATOR, store=factories.account("luxstore"))
    assert [store.name for store in Shell(request).stores] == ["luxstore"]


def contrast(one: str, other: str) -> float:
    """WCAG 2 contrast of two colours written #rgb or #rrggbb."""
    light, dark = sorted((luminance(one), luminance(other)), reverse=True)
    return (light + 0.05) / (dark + 0.05)


def luminance(colour: str) -> float:
    digits = colour.removeprefix("#")
    digits = "".join(2 * digit for digit in digits) if len(digits) == 3 else digits
    parts = [int(digits[start : start + 2], 16) / 255 for start in (0, 2, 4)]
    red, green, blue = (p / 12.92 if p <= 0.03928 else ((p + 0.055) / 1.055) ** 2.4 for p in parts)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


TEXTS = [
    *((ink, ground) for ink in ("ink", "ink-2") for ground in ("paper", "paper-2", "ground", "quiet-soft")),
    *((kind, f"{kind}-soft") for kind in ("brand", "bad", "warn", "good", "info")),
    *((kind, "paper") for kind in ("brand", "bad", "warn", "good", "info")),
    ("on-brand", "brand"), ("on-brand", "brand-strong"), ("on-bad", "bad-solid"), ("on-bad", "bad"),
    ("ink", "brand-soft"),
    ("ink-2", "brand-soft"),
]  # fmt: skip


@pytest.mark.parametrize("theme", ["light", "dark"])
@pytest.mark.parametrize(("text", "ground"), TEXTS)
def test_text_stands_out_from_its_ground(text: str, ground: str, theme: str) -> None:
    pairs = re.findall(
        r"--([\w-]+): light-dark\((#\w+), (#\w+)\)", (STATIC / "css" / "tokens.css").read_text()
    )
    colours = {name: light if theme == "light" else dark for name, light, dark in pairs}
    assert contrast(colours[text], colours[ground]) >= 4.5


@pytest.mark.django_db
def test_figures_tell_of_work_workers_and_the_trail(client: Client, settings: Any) -> None:
    settings.METRICS_TOKEN = "a-token"
    store, now = factories.account("luxstore"), timezone.now()
    units.want(store, "order", ["1", "2"], priority=2)
    Worker.objects.create(host="one", pid=1, lanes=4, started_at=now, heartbeat_at=now)
    Worker.objects.create(host="two", pid=1, lanes=4, started_at=now, heartbeat_at=now - timedelta(hours=1))
    AuditHead.objects.update_or_create(chain="luxstore", defaults={"sequence": 7})
    figures = client.get("/metrics", headers={"Authorization": "Bearer a-token"}).content.decode()
    assert 'inventory_work_units{kind="order",state="ready",store="luxstore"} 2.0' in figures
    assert "inventory_workers 1.0" in figures
    assert 'inventory_audit_entries{chain="luxstore"} 7.0' in figures
