"""Refused requests and records, counted by reason, with the newest one's sentence."""

import time
from collections import Counter
from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Literal, NamedTuple

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

WRITE_INTERVAL = 0.5
"""Seconds: however many refusals come, the lock's state is written no more often."""

_LONGEST_SENTENCE = 300


class Refusal(NamedTuple):
    """The newest one; `time` is Unix time in seconds."""

    time: float
    reason: str
    sentence: str


class Refusals:
    """Counts refusals and passes the counts on, every half second at most."""

    def __init__(self, update: Callable[[Mapping[str, int], Refusal], None]) -> None:
        self._update = update
        self._counts: Counter[str] = Counter()
        self._newest: Refusal | None = None
        self._writing: TimerHandle | None = None

    def count(self, reason: RefusalReason, sentence: str, number: int = 1) -> None:
        """Count so many refusals; the sentence names cause and next step."""
        self._counts[reason] += number
        self._newest = Refusal(time.time(), reason, one_line(sentence))
        if self._writing is None:
            # `line`, which only reads refusals, starts in half the time without it.
            from asyncio import get_running_loop  # noqa: PLC0415

            self._writing = get_running_loop().call_later(WRITE_INTERVAL, self.flush)

    def flush(self) -> None:
        """Pass on what was counted since the last time."""
        if self._writing is not None and self._newest is not None:
            self._writing.cancel()
            self._writing = None
            self._update(dict(self._counts), self._newest)


def one_line(text: str) -> str:
    """Return the text without line breaks and control characters, and not too long."""
    plain = "".join(letter for letter in " ".join(text.split()) if letter.isprintable())
    if len(plain) <= _LONGEST_SENTENCE:
        return plain
    return plain[: _LONGEST_SENTENCE - 1] + "…"
