"""Numbers as people read them."""

import json
import sys
import unicodedata

import pytest

from ccotel_tui.panels.output.sanitize import LONGEST, escaped, in_lines, sanitize
from ccotel_tui.panels.output.units import quantity, shown
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
        (0, "ratio", "0.0%"),
        (0.0004, "ratio", "<0.1%"),
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
        (11.66, "s", "12s"),
        (7500, "s", "2h 5m"),
        (90_000, "s", "1d 1h"),
        (1234, "lines", "1,234"),
        (2.5, "1/min", "2.5/min"),
    ],
)
def test_a_number_has_its_unit(number: float | None, unit: Unit, said: str) -> None:
    assert shown(number, unit) == said


def test_text_from_telemetry_keeps_its_letters_and_loses_its_commands() -> None:
    assert sanitize("로그인 고치기 🙂 [bold]") == "로그인 고치기 🙂 [bold]"
    assert sanitize("a\x1b[31mb\x9b2Jc\u202ed\u200be\n") == "a b c d e "
    assert len(sanitize("x" * 10_000)) == LONGEST


def test_what_is_not_to_be_seen_is_taken_out_of_text_and_escaped_in_json() -> None:
    every = [chr(n) for n in range(sys.maxunicode + 1)]
    unseen = [letter for letter in every if unicodedata.category(letter) in _UNSEEN]
    assert {sanitize(letter) for letter in unseen if letter not in _SEEN} == {" "}
    assert {in_lines(letter) for letter in unseen if letter not in _SEEN} == {" ", "\n"}
    assert in_lines("\x1b[1;38:5:9mred\x1b[0m") == " red "
    assert in_lines("a\r\nb\rc") == "a\r\nb c"
    # Apart: halves of a pair that stand together are one letter to a parser.
    text = " ".join(unseen)
    written = escaped(json.dumps(text, ensure_ascii=False))
    assert not set(written) & (set(unseen) - _SEEN)
    assert json.loads(written) == text


_UNSEEN = ("Cc", "Cf", "Cs", "Zl", "Zp")
_SEEN = set(
    "\u0600\u0601\u0602\u0603\u0604\u0605\u06dd\u070f\u0890\u0891\u08e2\U000110bd\U000110cd"
) | set(map(chr, range(0x13430, 0x13440)))
"""Marks of scripts that are drawn although they count as formats."""


@pytest.mark.parametrize(
    ("number", "width", "text"),
    [(1, 0, "1 error"), (2_000, 0, "2,000 errors"), (0, 0, "0 errors"), (1, 4, "   1 error ")],
)
def test_one_is_told_as_one(number: int, width: int, text: str) -> None:
    assert quantity(number, "error", width) == text
