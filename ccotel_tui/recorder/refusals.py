"""What was not taken in, counted by reason, and the newest sentence about it."""

import time
from collections import Counter
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

if TYPE_CHECKING:
    from asyncio import TimerHandle

RefusalReason = Literal[
    "malformed",
    "record",
    "value",
    "path",
    "method",
    "protocol",
    "tls",
    "too_large",
    "host",
    "web_page",
    "content_type",
    "encoding",
    "backfill",
    "timeout",
    "broken_off",
    "not_kept",
    "connections",
]
"""`record` and `value` are in requests that were taken but for them; all else is refused whole."""

WRITE_EVERY = 0.5
"""Seconds: however many refusals come, the lock's state is written no more often."""

_LONGEST_SENTENCE = 300


@dataclass(frozen=True)
class Refusal:
    """The newest one; `time` is Unix time in seconds."""

    time: float
    reason: str
    sentence: str


class Refusals:
    """Counts refusals and tells them on, soon after the first and no more often than needed."""

    def __init__(self, tell: Callable[[Mapping[str, int], Refusal], None]) -> None:
        self._tell = tell
        self._counts: Counter[str] = Counter()
        self._newest: Refusal | None = None
        self._writing: TimerHandle | None = None

    def count(self, reason: RefusalReason, sentence: str, number: int = 1) -> None:
        """One refusal more, or so many; the sentence names cause and next step."""
        self._counts[reason] += number
        self._newest = Refusal(time.time(), reason, one_line(sentence))
        if self._writing is None:
            # Who only reads refusals, as `line` does, starts in half the time without it.
            from asyncio import get_running_loop  # noqa: PLC0415

            self._writing = get_running_loop().call_later(WRITE_EVERY, self.flush)

    def flush(self) -> None:
        """Tell on what has not been told yet."""
        if self._writing is not None and self._newest is not None:
            self._writing.cancel()
            self._writing = None
            self._tell(dict(self._counts), self._newest)


def one_line(text: str) -> str:
    """The text without line breaks and control characters, and not too long: it is a stranger's."""
    plain = "".join(letter for letter in " ".join(text.split()) if letter.isprintable())
    if len(plain) <= _LONGEST_SENTENCE:
        return plain
    return plain[: _LONGEST_SENTENCE - 1] + "…"
