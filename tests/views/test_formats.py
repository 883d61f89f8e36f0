"""How numbers, money and times are written."""

from datetime import UTC, datetime, timedelta

import pytest
import time_machine
from django.utils import timezone, translation

from reconciler.templatetags import formats

AT = datetime(2026, 11, 10, 17, 2, 11, 701_000, tzinfo=UTC)


@pytest.mark.parametrize(
    ("language", "currency", "cents", "said"),
    [
        ("en", "BRL", 841_230, "R$ 8,412.30"), ("pt-br", "BRL", 841_230, "R$ 8.412,30"),
        ("es", "USD", 5_000, "US$ 50,00"), ("en", "CLP", 1_999_000, "CLP$ 19,990"),
        ("en", "", 150, "1.50"), ("en", "XYZ", 150, "XYZ 1.50"), ("en", "BRL", -150, "\u2212R$ 1.50"),
    ],
)  # fmt: skip
def test_money_follows_the_store_s_currency_and_the_reader_s_language(
    language: str, currency: str, cents: int, said: str
) -> None:
    with translation.override(language):
        assert formats.money(cents, currency).replace("\u00a0", " ") == said


def test_numbers_carry_a_real_minus_and_the_language_s_thousands() -> None:
    with translation.override("pt-br"):
        assert [formats.number(each) for each in (1234567, -3, 0, None)] == ["1.234.567", "\u22123", "0", "–"]
        assert [formats.signed(each) for each in (2, -2, 0)] == ["+2", "\u22122", "0"]


@time_machine.travel(datetime(2026, 11, 22, 12, tzinfo=UTC), tick=False)
def test_a_time_is_short_to_read_and_exact_underneath() -> None:
    with timezone.override("America/Sao_Paulo"):
        said = formats.when(AT)
        assert said == (
            '<time datetime="2026-11-10T17:02:11.701000Z" '
            'title="2026-11-10 14:02:11.701 -0300 America/Sao_Paulo">10 Nov 14:02</time>'
        )
        assert ">10 Nov 2026 14:02:11<" in formats.moment(AT)
        assert ">08:30<" in formats.when(datetime(2026, 11, 22, 11, 30, tzinfo=UTC))
        assert ">31 Dec 2025<" in formats.when(datetime(2026, 1, 1, 1, tzinfo=UTC))
    assert formats.when(None) == "–"


@pytest.mark.parametrize(
    ("span", "said"),
    [
        (timedelta(seconds=59), "now"), (timedelta(minutes=4, seconds=59), "4 min"),
        (timedelta(hours=47), "47 h"), (timedelta(days=12, hours=23), "12 d"),
        (timedelta(days=2000), "2,000 d"), (timedelta(seconds=-9), "now"),
    ],
)  # fmt: skip
def test_a_duration_is_one_number_and_its_unit(span: timedelta, said: str) -> None:
    with translation.override("en"):
        assert formats.duration(span) == said


@time_machine.travel(datetime(2026, 11, 22, 12, tzinfo=UTC), tick=False)
@pytest.mark.parametrize(("hours", "style"), [(1, '"fresh"'), (25, '"fresh old"')])
def test_data_older_than_a_day_is_marked_as_old(hours: int, style: str) -> None:
    assert style in formats.fresh(timezone.now() - timedelta(hours=hours))
    assert '"fresh never"' in formats.fresh(None)
