"""A page of the event log around a place in its window, and how many events the window holds.

However long the window is, a page is read of so many events and no more: the log asks for the next
one where the reader comes near an end of it. The counts are made where the records are.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from math import fsum

from ccotel_tui.query.events import time_of
from ccotel_tui.query.measures import EVENTS, FAILED_CALLS, FAILED_REQUESTS
from ccotel_tui.query.prompts.folded import SUBAGENT_COMPLETED
from ccotel_tui.query.query import EventKind, EventRow, Query, Scope
from ccotel_tui.query.source import Source
from ccotel_tui.query.window import Window
from ccotel_tui.telemetry.conventions import USER_PROMPT

NEWEST_EVENTS = 200
"""Of a page at the end of the window."""

EVENTS_BESIDE = 150
"""Before a time in the window, and after it: more than two screens of the highest pane."""

_PROMPTS_BEFORE = 40
"""Prompts and ends of subagents before a page, under one of which its first rows belong."""

_PROMPTS = (EventKind(USER_PROMPT), EventKind(SUBAGENT_COMPLETED))
_EVENTS = Query(EVENTS)
_BY_BUCKET = Query(EVENTS, stepped=True)
_FAILED = (Query(FAILED_CALLS, stepped=True), Query(FAILED_REQUESTS, stepped=True))

CountPoints = Sequence[tuple[int, float | None]]
"""A count a bucket, by the bucket's end; None where nobody was listening."""


@dataclass(frozen=True)
class LogPlace:
    """The events around a time, or without one the newest, with all of `texts` in them.

    What came after `until_ns` is only counted.
    """

    around_ns: int | None = None
    until_ns: int | None = None
    texts: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True)
class LogPage:
    """Events in the order of time, whether there are older and newer ones, and the counts.

    `prompts` are what was typed before and among them, which a filter may have left out. `failed`
    are a part of `counts`; `every` counts the window without the filter, `later` what came after
    the place's end.
    """

    place: LogPlace = LogPlace()
    rows: Sequence[EventRow] = ()
    prompts: Sequence[EventRow] = ()
    has_older: bool = False
    has_newer: bool = False
    counts: CountPoints = ()
    failed: CountPoints = ()
    every: int = 0
    later: int = 0

    @property
    def matching(self) -> int:
        """How many events of the window the filter leaves."""
        return _whole(self.counts)

    @property
    def failures(self) -> int:
        return _whole(self.failed)


def fetch_log_page(source: Source, place: LogPlace, window: Window, scope: Scope) -> LogPage:
    """Ask the source for the page. Raises SourceUnavailable."""
    to_ns = window.to_ns if place.until_ns is None else min(window.to_ns, place.until_ns)
    matching = scope._replace(texts=place.texts)
    around_ns = place.around_ns
    if around_ns is None or not window.from_ns <= around_ns < to_ns:
        rows = _read(source, window, window.from_ns, to_ns, matching, NEWEST_EVENTS)
        page = LogPage(place, rows, has_older=len(rows) == NEWEST_EVENTS)
    else:
        before = _read(source, window, window.from_ns, around_ns, matching, EVENTS_BESIDE)
        after = _read(source, window, around_ns, to_ns, matching, EVENTS_BESIDE, oldest=True)
        has_older, has_newer = (len(part) == EVENTS_BESIDE for part in (before, after))
        page = LogPage(place, [*before, *after], has_older=has_older, has_newer=has_newer)
    prompts: Sequence[EventRow] = ()
    if page.rows:
        last_ns = time_of(page.rows[-1 if place.texts else 0])
        most = NEWEST_EVENTS if place.texts else _PROMPTS_BEFORE
        prompts = _read(source, window, window.from_ns, last_ns, scope, most, kinds=_PROMPTS)
    return _counted(replace(page, prompts=prompts), source, window, scope)


def _counted(page: LogPage, source: Source, window: Window, scope: Scope) -> LogPage:
    place = page.place
    matching = scope._replace(texts=place.texts)
    answers = source.numbers((_BY_BUCKET, *_FAILED), window, matching)
    counts = [point for series in answers[_BY_BUCKET] for point in series.points]
    failed = [[*series.points] for query in _FAILED for series in answers[query]]
    every = _count(source, window, scope) if place.texts else _whole(counts)
    later = 0
    if place.until_ns is not None and place.until_ns < window.to_ns:
        later = _count(source, window._replace(from_ns=place.until_ns), matching)
    return replace(page, counts=counts, failed=_sums(failed), every=every, later=later)


def _read(
    source: Source,
    window: Window,
    from_ns: int,
    to_ns: int,
    scope: Scope,
    limit: int,
    *,
    oldest: bool = False,
    kinds: Sequence[EventKind] = (),
) -> list[EventRow]:
    if from_ns >= to_ns:
        return []
    part = window._replace(from_ns=from_ns, to_ns=to_ns)
    return source.rows(kinds, part, scope, limit, oldest=oldest)


def _count(source: Source, window: Window, scope: Scope) -> int:
    return sum(
        _whole(series.points) for series in source.numbers([_EVENTS], window, scope)[_EVENTS]
    )


def _sums(series: Sequence[CountPoints]) -> CountPoints:
    return [
        (points[0][0], fsum(number or 0.0 for _, number in points))
        for points in zip(*series, strict=True)
    ]


def _whole(points: CountPoints) -> int:
    return int(fsum(number or 0.0 for _, number in points))
