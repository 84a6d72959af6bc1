"""Which texts are numbers."""

import re

from hypothesis import given
from hypothesis import strategies as st

from ccotel_tui.telemetry.values import LARGEST, as_number

NUMERIC = re.compile(r"[+-]?([0-9]+\.?[0-9]*|\.[0-9]+)([eE][+-]?[0-9]+)?")


@given(st.text(alphabet="019.+-eE_ \n\t٣nainfx", max_size=8) | st.text(max_size=5))
def test_a_text_is_a_number_in_plain_digits_alone(text: str) -> None:
    number = as_number(text)
    if NUMERIC.fullmatch(text) and abs(float(text)) <= LARGEST:
        assert number == float(text)
    else:
        assert number is None
