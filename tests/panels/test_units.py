"""Numbers as people read them."""

import pytest

from ccotel_tui.panels.plain import LONGEST, plain
from ccotel_tui.panels.units import shown
from ccotel_tui.query.measures import Unit


@pytest.mark.parametrize(
    ("number", "unit", "said"),
    [
        (None, "usd", "–"),
        (0, "usd", "$0.00"),
        (0.0004, "usd", "$0.0004"),
        (18.4, "usd", "$18.40"),
        (1234.5, "usd", "$1,234.50"),
        (0.8621, "ratio", "86.2%"),
        (999, "tokens", "999"),
        (999.6, "tokens", "1.0k"),
        (12_449, "tokens", "12.4k"),
        (999_960, "tokens", "1.0M"),
        (184_000, "tokens", "184k"),
        (12_400_000, "tokens", "12.4M"),
        (340, "ms", "340 ms"),
        (3100, "ms", "3.1 s"),
        (41, "s", "41s"),
        (134, "s", "2m 14s"),
        (7500, "s", "2h 5m"),
        (90_000, "s", "1d 1h"),
        (1234, "lines", "1,234"),
        (2.5, "1/min", "2.5/min"),
    ],
)
def test_a_number_has_its_unit(number: float | None, unit: Unit, said: str) -> None:
    assert shown(number, unit) == said


def test_text_from_telemetry_keeps_its_letters_and_loses_its_commands() -> None:
    assert plain("로그인 고치기 🙂 [bold]") == "로그인 고치기 🙂 [bold]"
    assert plain("a\x1b[31mb\x9b2Jc\u202ed\u200be\n") == "a [31mb 2Jc d e "
    assert len(plain("x" * 10_000)) == LONGEST
