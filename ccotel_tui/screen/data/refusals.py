"""The requests and records that the recorder has refused, in words. Pure."""

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field

from ccotel_tui.query.window import MINUTE, SECOND
from ccotel_tui.recorder.refusals import Refusal
from ccotel_tui.screen import strings

RECENT = 5 * MINUTE
"""Nanoseconds that the newest refusal is told in the bottom bar."""


@dataclass(frozen=True)
class NotTaken:
    """Refusals by reason since the recorder began, and the newest one."""

    counts: Mapping[str, int] = field(default_factory=dict)
    newest: Refusal | None = None

    def in_brief(self, now_ns: int) -> str:
        """For one line; empty where the newest is not recent."""
        if self.newest is None or now_ns - self.newest.time * SECOND > RECENT:
            return ""
        return strings.NOT_TAKEN.format(
            what=self._what(), reason=_in_words(self.newest.reason), sentence=self.newest.sentence
        )

    def in_full(self) -> str:
        """In two lines; empty where all was taken."""
        if self.newest is None:
            return ""
        reasons = (f"{number} {_in_words(reason)}" for reason, number in self.counts.items())
        return strings.NOT_TAKEN_IN_FULL.format(
            what=self._what(), reasons=", ".join(reasons), sentence=self.newest.sentence
        )

    def _what(self) -> str:
        """Such as "3 requests, 1 record"."""
        numbers: Counter[tuple[str, str]] = Counter()
        for reason, number in self.counts.items():
            numbers[strings.REFUSED.get(reason, strings.REFUSED_REQUESTS)] += number
        return ", ".join(
            strings.counted(forms, number).format(count=number) for forms, number in numbers.items()
        )


def _in_words(reason: str) -> str:
    return strings.REFUSAL_REASONS.get(reason, reason)
