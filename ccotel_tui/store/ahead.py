"""Records that are dated after now: the sender's clock is not ours."""

from typing import NamedTuple

from ccotel_tui.sentences import Sentence
from ccotel_tui.store.newest import MOST_AHEAD

SKEW_NS = 10 * 1_000_000_000
"""Clocks differ by a few seconds; that is not reported."""

_UNITS = ((365.25 * 86_400, "years"), (86_400, "d"), (3600, "h"), (60, "min"), (1, "s"))
_ROUNDED_UP = 0.95


class Ahead(NamedTuple):
    """The number of records dated ahead, at most MOST_AHEAD, and the latest of their times."""

    records: int
    latest_ns: int

    def sentence(self, now_ns: int) -> str:
        """Return a sentence such as `3 records are dated 1 h ahead`."""
        seconds = (self.latest_ns - now_ns) / 1e9
        unit, name = next(
            (unit, name) for unit, name in _UNITS if seconds >= unit * _ROUNDED_UP or unit == 1
        )
        number = f"{seconds / unit:,.0f}"
        length = f"{number} {name}"
        if name == "years":
            form = "{number} year" if number == "1" else "{number} years"
            length = Sentence("years", form, number=number)
        if self.records == 1:
            return Sentence("ahead_one", "1 record is dated {length} ahead", length=length)
        figures = {"records": self.records, "length": length}
        if self.records < MOST_AHEAD:
            return Sentence("ahead", "{records:,} records are dated {length} ahead", **figures)
        form = "at least {records:,} records are dated {length} ahead"
        return Sentence("ahead_at_least", form, **figures)
