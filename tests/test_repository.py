"""What is committed fits together: pins without addresses, translations compiled from their sources."""

import gettext
import io
import re
from pathlib import Path

import pytest
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po

ROOT = Path(__file__).resolve().parent.parent
LANGUAGES = ["es", "pt_BR"]


@pytest.mark.parametrize("name", ["runtime", "postgres", "dev"])
def test_the_pins_have_hashes_and_no_addresses(name: str) -> None:
    text = (ROOT / "requirements" / f"{name}.txt").read_text()
    assert "://" not in text
    pins = re.findall(r"^[\w.\-\[\],]+==\S+", text, re.MULTILINE)
    assert len(pins) > 20
    assert text.count("--hash=sha256:") >= len(pins)


def test_everything_needed_at_run_time_is_pinned_alike_for_the_tests() -> None:
    def pins(name: str) -> set[str]:
        return set(
            re.findall(r"^[\w.\-]+==[\w.]+", (ROOT / "requirements" / f"{name}.txt").read_text(), re.M)
        )

    assert pins("runtime") <= pins("postgres") <= pins("dev")


@pytest.mark.parametrize("language", LANGUAGES)
def test_compiled_translations_match_their_source(language: str) -> None:
    source = ROOT / "locale" / language / "LC_MESSAGES" / "django.po"
    with source.open("rb") as file:
        catalogue = read_po(file)
    expected = io.BytesIO()
    write_mo(expected, catalogue)
    expected.seek(0)
    with source.with_suffix(".mo").open("rb") as compiled:
        assert _texts(gettext.GNUTranslations(compiled)) == _texts(gettext.GNUTranslations(expected))


def _texts(translations: gettext.GNUTranslations) -> dict[object, str]:
    """All messages of a compiled catalogue but its header."""
    catalogue: dict[object, str] = translations._catalog  # type: ignore[attr-defined]
    return {message: text for message, text in catalogue.items() if message != ""}
