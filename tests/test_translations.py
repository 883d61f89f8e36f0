"""Every sentence is said in Brazilian Portuguese and in Spanish, and so are the pages they stand on."""

import gettext
import html
import itertools
import os
import re
import shutil
import subprocess
import sys
from collections.abc import Iterator
from datetime import datetime
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
from babel.messages.catalog import Catalog, Message
from babel.messages.pofile import read_po
from django.contrib.auth.models import User
from django.test import Client
from django.urls import reverse
from django.utils import formats as django_formats
from django.utils import timezone, translation

from reconciler.diagnosis.references import ARTICLES
from reconciler.models import Cause, Role
from reconciler.templatetags import formats
from tests import factories

ROOT = Path(__file__).resolve().parent.parent
LANGUAGES = {"pt-br": "pt_BR", "es": "es"}
PLACEHOLDER = re.compile(r"%\(\w+\)[sd]|%%|\{\w*\}|</?\w+[^>]*>")
TAGS = re.compile(r"{%-?\s*(blocktranslate|comment)\b.*?{%\s*end\1\s*%}|{#.*?#}|{%.*?%}|{{.*?}}", re.DOTALL)
SHOWN = re.compile(r'>([^<]+)<|\s(?:aria-label|title|alt|placeholder)="([^"]+)"')
CODES = {"Português", "0123 · cd_sp", "manage.py sync --watch", "handling"}
PASSWORD = "a-long-password-7"

each_locale = pytest.mark.parametrize("locale", LANGUAGES.values())
each_language = pytest.mark.parametrize("language", LANGUAGES)


def _catalogue(path: Path) -> Catalog:
    with path.open("rb") as file:
        return read_po(file)


def _committed(locale: str) -> Catalog:
    return _catalogue(ROOT / "locale" / locale / "LC_MESSAGES" / "django.po")


def _messages(catalogue: Catalog) -> Iterator[Message]:
    return (message for message in catalogue if message.id)


def _forms(text: object) -> tuple[str, ...]:
    """One text, or the singular and the plural."""
    return tuple(text) if isinstance(text, tuple | list) else (str(text),)


def _keys(catalogue: Catalog) -> set[tuple[str | None, tuple[str, ...]]]:
    return {(message.context, _forms(message.id)) for message in _messages(catalogue)}


@each_locale
def test_no_message_is_untranslated_or_uncertain(locale: str) -> None:
    catalogue = _committed(locale)
    assert len(list(_messages(catalogue))) > 700
    silent = [message.id for message in _messages(catalogue) if not all(_forms(message.string))]
    assert silent == []
    assert [message.id for message in _messages(catalogue) if message.fuzzy] == []


@each_locale
def test_a_translation_keeps_every_placeholder_and_tag(locale: str) -> None:
    for message in _messages(_committed(locale)):
        wanted = {tuple(sorted(PLACEHOLDER.findall(text))) for text in _forms(message.id)}
        for text in _forms(message.string):
            assert tuple(sorted(PLACEHOLDER.findall(text))) in wanted, (message.id, text)


@each_locale
def test_a_translation_ends_as_its_sentence_does(locale: str) -> None:
    """A lost full stop or ellipsis shows where sentences stand side by side."""
    sentences = [message for message in _messages(_committed(locale)) if " " in _forms(message.id)[0]]
    for message in sentences:
        for text in _forms(message.string):
            assert text[-1] in ".…" or not all(said[-1] in ".…" for said in _forms(message.id)), text
            assert text[-1] not in ".…" or any(said[-1] in ".…" for said in _forms(message.id)), text


@pytest.mark.parametrize(("locale", "of_none"), [("pt_BR", 0), ("es", 1)])
def test_the_plural_is_the_one_of_the_language(locale: str, of_none: int) -> None:
    catalogue = _committed(locale)
    assert catalogue.num_plurals == 2
    form = gettext.c2py(catalogue.plural_expr)
    assert [form(number) for number in (0, 1, 2)] == [of_none, 0, 1]


@pytest.fixture(scope="module")
def extracted(tmp_path_factory: pytest.TempPathFactory) -> Catalog:
    """What `make messages` would find now, collected in a copy so that the tree stays as it is."""
    if not shutil.which("xgettext"):
        pytest.skip("gettext is not installed")
    copy = tmp_path_factory.mktemp("messages")
    for name in ("inventory_admin", "reconciler", "templates"):
        shutil.copytree(ROOT / name, copy / name, ignore=shutil.ignore_patterns("__pycache__"))
    shutil.copy(ROOT / "manage.py", copy)
    (copy / "locale").mkdir()
    command = [sys.executable, "manage.py", "makemessages", "-l", "pt_BR"]
    variables = {**os.environ, "DJANGO_SETTINGS_MODULE": "inventory_admin.settings"}
    done = subprocess.run(command, cwd=copy, env=variables, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    return _catalogue(copy / "locale" / "pt_BR" / "LC_MESSAGES" / "django.po")


@each_locale
def test_the_catalogue_holds_what_the_code_says_and_nothing_else(locale: str, extracted: Catalog) -> None:
    said, held = _keys(extracted), _keys(_committed(locale))
    assert (said - held, held - said) == (set(), set()), "run make messages, then translate"


@pytest.mark.parametrize("path", sorted((ROOT / "templates").rglob("*.html")), ids=lambda path: path.name)
def test_a_template_says_nothing_around_the_translations(path: Path) -> None:
    """Text and labels that stand bare in a template would be English in every language."""
    text = re.sub(r"<(script|style)\b.*?</\1>", "", TAGS.sub(" ", path.read_text()), flags=re.DOTALL)
    bare = [html.unescape("".join(found)).strip() for found in SHOWN.findall(f">{text}<")]
    assert [said for said in bare if re.search("[A-Za-z]{2}", said) and said not in CODES] == []


@pytest.fixture
def reader(language: str) -> Client:
    return Client(headers={"accept-language": language})


@pytest.mark.django_db
@each_language
def test_pages_say_their_language_and_no_english_sentence(language: str, reader: Client) -> None:
    store = factories.account()
    locks = [factories.stuck(store, cause=cause).reservation for cause in Cause]
    english = _english(LANGUAGES[language])
    reader.force_login(factories.user("merchant", *Role, store=store))
    names = ["overview", "stuck", "orders", "stock", "attempts", "audit", "sync", "pause_actions", "alerts",
             "alert_rule_new", "alert_email_new", "alert_webhook_new", "recurrence", "trend"]  # fmt: skip
    paths = [reverse(name, kwargs={"account": store.name}) for name in names]
    paths += [f"/s/{store.name}/reservations/{lock.lock_id}/" for lock in locks if lock]
    paths += [f"/s/{store.name}/stuck/?cause={cause}" for cause in Cause]
    for path in [*paths, "/accounts/logout/", "/nowhere/"]:
        page = reader.get(path).content.decode()
        assert f'<html lang="{language}"' in page, path
        text = _without_titles(html.unescape(page))
        assert [said for said in english if said in text] == [], path


def _without_titles(text: str) -> str:
    """VTEX's articles keep their own titles, so that they can be searched for."""
    for _, title in itertools.chain.from_iterable(ARTICLES.values()):
        text = text.replace(title, "")
    return text


def _english(locale: str) -> list[str]:
    """English sentences that a page of another language cannot hold by chance."""
    messages = _messages(_committed(locale))
    whole = [
        said for message in messages for said in _forms(message.id) if said not in _forms(message.string)
    ]
    return [said for said in whole if " " in said and len(said) > 12 and not PLACEHOLDER.search(said)]


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("language", "login_fault", "password_fault"),
    [
        ("pt-br", "estão incorretos", "digite sua senha atual"),
        ("es", "no son correctos", "escriba su contraseña actual"),
    ],
)
def test_what_the_login_library_says_is_translated_too(
    language: str, login_fault: str, password_fault: str, reader: Client
) -> None:
    User.objects.create_user("support", password=PASSWORD)
    faulty = reader.post("/accounts/login/", {"login": "support", "password": "wrong"})
    assert login_fault in faulty.content.decode()
    reader.post("/accounts/login/", {"login": "support", "password": PASSWORD})
    changed = {"oldpassword": "wrong", "password1": "another-password-8", "password2": "another-password-8"}
    assert password_fault in reader.post("/accounts/password/change/", changed).content.decode()
    reader.get("/accounts/2fa/totp/activate/")
    reader.post("/accounts/reauthenticate/", {"password": PASSWORD})
    code = reader.get("/accounts/2fa/totp/activate/").content.decode()
    assert "Código del autenticador" in code or "Código do autenticador" in code


@pytest.mark.django_db
@each_language
def test_each_language_is_offered_in_its_own_words(language: str, reader: Client) -> None:
    page = reader.get("/accounts/login/").content.decode()
    for name in ("English", "Português", "Español"):
        assert name in page


@pytest.mark.parametrize(("language", "amount"), [("pt-br", "1.234.567,89"), ("es", "1\xa0234\xa0567,89")])
def test_numbers_and_dates_are_written_as_the_language_does(language: str, amount: str) -> None:
    at = datetime(2025, 3, 9, 14, 5, 7, tzinfo=ZoneInfo("America/Sao_Paulo"))
    with translation.override(language), timezone.override("America/Sao_Paulo"):
        assert formats.money(123456789, "BRL") == f"R$\xa0{amount}"
        assert ">09/03/2025<" in str(formats.when(at))
        assert ">09/03/2025 14:05:07<" in str(formats.moment(at))
        assert django_formats.date_format(at, "DATE_FORMAT").lower() == "9 de março de 2025".replace(
            "março", "março" if language == "pt-br" else "marzo"
        )
