"""Loki's streams that hold rows of Claude Code: users name its service as they like."""

import time
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator
from threading import Lock
from typing import Any

from ccotel_tui.errors import SourceUnavailable
from ccotel_tui.query.stack.languages import logql
from ccotel_tui.query.window import DAY, MINUTE, SECOND, Bucket
from ccotel_tui.sentences import Sentence
from ccotel_tui.telemetry.conventions import API_REQUEST, OWN_SERVICE

STREAMS_POLL_INTERVAL = 60.0
"""Seconds in which a service that is new is not seen by who goes on asking."""

_LABEL = "service_name"
_EVENT_LABEL = "event_name"
"""The stack's own Loki has a stream for each event of the client's."""

_USUAL = "claude-code"
"""How the client's own services begin: those are not searched."""

_OTHERS = ("service", "job", "app", "container")
"""Labels that are tried before all others where streams have no service_name."""

_LATE = 2 * MINUTE
"""For so long rows of a time go on coming in, and so far ahead their times may be."""

_LONGEST = 30 * DAY
"""That one request may be about, as Loki has it."""

_AT_ONCE = 100
"""Services that one query names."""

_WITHIN = 5.0
"""Seconds for one search."""

_ALL_WITHIN = 20.0
"""Seconds in which searches are begun: the reader waits for them. The rest is for the next look."""

_ANSWER_WITHIN = 30.0
"""Seconds for a question that no Loki needs long for."""

_MILLISECOND = SECOND // 1000

Get = Callable[[str, tuple[tuple[str, str], ...], float], Any]
"""What Loki has at this path with these parameters as `data`, within these seconds.

Raises SourceUnavailable, and NotSearched where it took too long or refused.
"""


class NotSearched(SourceUnavailable):
    """A search of what may be everybody's logs was too much for Loki."""


class Streams:
    """The values of the streams' label under which rows of the client were found.

    A service is searched once over the time that is asked about, then once a minute where it goes
    on. Among the `unsearched` is one whose search Loki did not end in time, and one that there was
    no time for: that is searched first a minute later.
    """

    def __init__(self, get: Get) -> None:
        self._get = get
        self._label = _LABEL
        self._client: set[str] = set()
        self._searched: dict[str, Bucket] = {}
        self._looked: tuple[int, float] | None = None
        self._lock = Lock()
        self._refused: set[str] = set()
        self._postponed: set[str] = set()
        self.by_event = False
        """Whether the events of one name may be read without the others."""

    @property
    def unsearched(self) -> set[str]:
        return self._refused | self._postponed

    def selector(self, within: Bucket) -> str:
        """The selector of the streams that hold rows of that time. Raises SourceUnavailable."""
        with self._lock:
            now_ns = time.time_ns()
            since_ns, until = self._looked or (now_ns, 0.0)
            if within.from_ns < since_ns or time.monotonic() >= until:
                # Their clocks may be ahead of ours.
                wanted = Bucket(min(since_ns, within.from_ns), now_ns + _LATE)
                self._look(wanted)
                self._looked = wanted.from_ns, time.monotonic() + STREAMS_POLL_INTERVAL
            # Where there is none, a selector that finds nothing does so at once.
            return logql.streams(self._label, self._client or {_USUAL})

    def each(self) -> list[tuple[str, str]]:
        """The values that were found, and the selector of each."""
        with self._lock:
            return [(value, logql.streams(self._label, [value])) for value in sorted(self._client)]

    def _look(self, within: Bucket) -> None:
        until = time.monotonic() + _ALL_WITHIN
        first, self._postponed = self._postponed, set()
        # What was there once is there in any longer time.
        self.by_event = self.by_event or API_REQUEST in self._values(
            f"/label/{_EVENT_LABEL}/values", within
        )
        values = self._values(f"/label/{self._label}/values", within)
        if values or self._client:
            self._search(values, within, first, until)
            return
        labels = self._values("/labels", within)
        if _LABEL in labels:
            return
        for label in sorted(labels, key=lambda name: (name not in _OTHERS, name)):
            self._label, self._searched = label, {}
            self._search(self._values(f"/label/{label}/values", within), within, first, until)
            if self._client:
                return
        self._label = _LABEL

    def _search(self, values: set[str], within: Bucket, first: set[str], until: float) -> None:
        self._client |= {
            value for value in values if value.startswith(_USUAL) and self._label == _LABEL
        }
        ranges: defaultdict[Bucket, list[str]] = defaultdict(list)
        unknown = values - self._client - {OWN_SERVICE}
        for value in sorted(unknown, key=lambda value: (value not in first, value)):
            for part in _unsearched(within, self._searched.get(value)):
                ranges[part].append(value)
        for part, names in ranges.items():
            for at in range(0, len(names), _AT_ONCE):
                batch = names[at : at + _AT_ONCE]
                if time.monotonic() < until:
                    self._search_these(batch, part)
                else:
                    self._postponed.update(batch)

    def _search_these(self, names: list[str], part: Bucket) -> None:
        streams = logql.streams(self._label, names)
        length = f"{(part.to_ns - part.from_ns) // _MILLISECOND}ms"
        counts = logql.counts_by_label(streams, self._label, length)
        query = ("query", counts), ("time", _time(part.to_ns))
        try:
            data = self._get("/query", query, _WITHIN)
            self._client |= {series["metric"][self._label] for series in data["result"]}
        except NotSearched:
            self._refused.update(names)
        except (LookupError, TypeError) as error:
            raise SourceUnavailable(
                Sentence("loki_other_form", "Loki answered in another form than a query's.")
            ) from error
        for name in names:
            former = self._searched.get(name, part)
            self._searched[name] = Bucket(
                min(former.from_ns, part.from_ns), max(former.to_ns, part.to_ns)
            )

    def _values(self, path: str, within: Bucket) -> set[str]:
        values: set[str] = set()
        for part in _pieces(within):
            ends = ("start", str(part.from_ns)), ("end", str(part.to_ns))
            values.update(self._get(path, ends, _ANSWER_WITHIN) or ())
        return values


def _unsearched(within: Bucket, searched: Bucket | None) -> Iterator[Bucket]:
    if searched is None:
        yield from _pieces(within)
        return
    if within.from_ns < searched.from_ns:
        yield from _pieces(Bucket(within.from_ns, searched.from_ns))
    yield Bucket(max(within.from_ns, searched.to_ns - 2 * _LATE), within.to_ns)


def _pieces(within: Bucket) -> Iterable[Bucket]:
    to_ns = within.to_ns
    while to_ns > within.from_ns:
        from_ns = max(within.from_ns, to_ns - _LONGEST)
        yield Bucket(from_ns, to_ns)
        to_ns = from_ns


def _time(ns: int) -> str:
    return f"{ns // SECOND}.{ns % SECOND // _MILLISECOND:03d}"
