"""Prometheus and Loki as a source: counters from the one, events from the other."""

import time
from collections.abc import Iterable, Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from itertools import chain
from typing import Any
from zoneinfo import ZoneInfo

from ccotel_tui.errors import SourceUnavailable
from ccotel_tui.query import logql, promql
from ccotel_tui.query.ask import Answer, Ask, Current, EventKind, EventRow, Scope, Series
from ccotel_tui.query.event_row import event_row
from ccotel_tui.query.http import CONNECTIONS, Http
from ccotel_tui.query.measures import COST, COST_COUNTED, Condition
from ccotel_tui.query.window import DAY, SECOND, Bucket, Window
from ccotel_tui.telemetry.vocabulary import API_REQUEST, MISSING, UNKNOWN, model_name

Labels = tuple[str, ...]
Found = tuple[Labels, int, float]
"""The labels' values in the order of `by`, the bucket's end and the number."""

Row = tuple[int, dict[str, str]]
"""An event's time and its labels."""

_MILLISECOND = 1_000_000
_LONGEST_SILENCE = 31 * DAY
_UTC = ZoneInfo("UTC")
_RESOURCE = ("service_name", "service_version", "os_type", "os_version", "host_arch")
_ADDED = ("scope_name", "scope_version", "observed_timestamp")
_NOTHING = 5e-7
"""Dollars below what the client reports."""

_COUNTED = Ask(COST_COUNTED, by=("session_id",))
_SEEN = Ask(COST, by=("session_id",))


class StackSource:
    name = "stack"

    def __init__(self, prometheus_url: str, loki_url: str) -> None:
        self._prometheus = prometheus_url.rstrip("/")
        self._loki = loki_url.rstrip("/")
        self._http = Http()
        self._workers = ThreadPoolExecutor(CONNECTIONS, thread_name_prefix="ask")

    def answers(self) -> bool:
        """Whether both servers are ready."""
        return self._http.answers(f"{self._prometheus}/-/ready") and self._http.answers(
            f"{self._loki}/ready"
        )

    def numbers(self, asks: Iterable[Ask], window: Window, scope: Scope) -> dict[Ask, Answer]:
        asked = {
            ask: [
                self._workers.submit(self._fetch, ask, query, run)
                for run in (_runs(window) if ask.stepped else [[window.whole]])
                for query in _queries(ask, scope, run[0])
            ]
            for ask in asks
        }
        return {
            ask: _series(
                ask,
                window.buckets() if ask.stepped else (window.whole,),
                chain.from_iterable(run.result() for run in runs),
            )
            for ask, runs in asked.items()
        }

    def unseen(self, sessions: Iterable[str], to_ns: int) -> float | None:
        life = Window.between(to_ns - _LONGEST_SILENCE, to_ns, _UTC)
        answers = self.numbers((_COUNTED, _SEEN), life, Scope())
        counted, seen = (
            {series.labels["session_id"]: series.points[0][1] or 0.0 for series in answers[ask]}
            for ask in (_COUNTED, _SEEN)
        )
        gaps = (counted.get(one, 0.0) - seen[one] for one in sessions if one in seen)
        return sum(gap for gap in gaps if gap > _NOTHING)

    def missed(self, sessions: Mapping[str, float]) -> int | None:
        return None

    def current(self, to_ns: int, scope: Scope) -> Current | None:
        newest = self._newest(logql.activity(scope), to_ns)
        if not newest:
            return None
        session_id = newest[0][1].get("session_id", UNKNOWN)
        own = EventKind(API_REQUEST, Condition("session_id", session_id))
        requests = self._newest(logql.rows([own], Scope()), to_ns)
        return Current(session_id, requests[0][1].get("prompt_id") if requests else None)

    def rows(
        self, kinds: Iterable[EventKind], window: Window, scope: Scope, limit: int
    ) -> list[EventRow]:
        found = self._rows(logql.rows(kinds, scope), window, limit)
        rows = [event_row(at, labels.get("event_name", ""), _own(labels)) for at, labels in found]
        return sorted(rows, key=_order)

    def nowhere(self, scope: Scope) -> list[str]:
        return []

    def last_heard(self) -> int | None:
        newest = self._newest(logql.STREAM, time.time_ns())
        return newest[0][0] if newest else None

    def version(self) -> int | None:
        return None

    def close(self) -> None:
        self._workers.shutdown(cancel_futures=True)
        self._http.close()

    def _newest(self, query: str, to_ns: int) -> list[Row]:
        """The newest row up to then, if there is one."""
        return self._rows(query, Window.between(to_ns - _LONGEST_SILENCE, to_ns, _UTC), 1)

    def _rows(self, query: str, window: Window, limit: int) -> list[Row]:
        """The newest rows of the window, as their times and labels.

        Loki's are those in [start, end): a nanosecond later it is our (from, to].
        """
        parameters = {
            "query": query,
            "limit": str(limit),
            "direction": "backward",
            "start": str(window.from_ns + 1),
            "end": str(window.to_ns + 1),
        }
        data = self._http.get(f"{self._loki}/loki/api/v1/query_range", parameters)
        with _understood(self._loki):
            return [
                (int(at), dict(stream["stream"]))
                for stream in data["result"]
                for at, *_ in stream["values"]
            ]

    def _fetch(self, ask: Ask, query: str, run: list[Bucket]) -> list[Found]:
        """The numbers of neighbouring buckets of one length."""
        parameters = {"query": query}
        if len(run) == 1:
            form = "query"
            parameters["time"] = _time(run[0].to_ns)
        else:
            form = "query_range"
            parameters |= {
                "start": _time(run[0].to_ns),
                "end": _time(run[-1].to_ns),
                "step": str((run[0].to_ns - run[0].from_ns) // SECOND),
            }
        counters = ask.measure.signal == "counters"
        server = f"{self._prometheus}/api/v1" if counters else f"{self._loki}/loki/api/v1"
        data = self._http.get(f"{server}/{form}", parameters)
        with _understood(server):
            return list(_found(ask, data["result"]))


def _queries(ask: Ask, scope: Scope, bucket: Bucket) -> tuple[str, ...]:
    compile = promql.compile if ask.measure.signal == "counters" else logql.compile
    return compile(ask, scope, f"{(bucket.to_ns - bucket.from_ns) // _MILLISECOND}ms")


def _own(labels: dict[str, str]) -> dict[str, str]:
    """What is the event's own: Loki puts its resource, and how it came in, on the same level."""
    return {name: value for name, value in labels.items() if name not in (*_RESOURCE, *_ADDED)}


def _order(row: EventRow) -> tuple[object, ...]:
    return row["time"], str(row.get("session_id", "")), row.get("event_sequence") or 0


@contextmanager
def _understood(server: str) -> Iterator[None]:
    """Turns the surprise of an answer in another form into SourceUnavailable."""
    try:
        yield
    except (KeyError, ValueError, TypeError, AttributeError) as error:
        raise SourceUnavailable(
            f"{server} answered in another form than expected: {error!r}."
        ) from error


def _found(ask: Ask, result: list[dict[str, Any]]) -> Iterator[Found]:
    for series in result:
        labels = tuple(_label(ask, name, series["metric"]) for name in ask.by)
        for at, number in series.get("values") or [series["value"]]:
            yield labels, round(float(at) * 1000) * _MILLISECOND, _number(ask, number)


def _number(ask: Ask, text: str) -> float:
    # A float does not hold nanoseconds since 1970, but microseconds, and no client sends more.
    return round(int(float(text)), -3) if ask.stat in ("first", "last") else float(text)


def _label(ask: Ask, name: str, labels: dict[str, str]) -> str:
    known = promql.label(name) if ask.measure.signal == "counters" else name
    value = labels.get(known) or MISSING.get(name, UNKNOWN)
    return model_name(value) if name == "model" else value


def _series(ask: Ask, buckets: Iterable[Bucket], found: Iterable[Found]) -> Answer:
    summed: dict[Labels, dict[int, float]] = {}
    for labels, end_ns, number in found:
        numbers = summed.setdefault(labels, {})
        numbers[end_ns] = numbers.get(end_ns, 0) + number
    ends = [bucket.to_ns for bucket in buckets]
    return tuple(
        Series(
            dict(zip(ask.by, labels, strict=True)),
            tuple((end, numbers.get(end, 0.0 if ask.adds_up else None)) for end in ends),
            ask.measure.signal,
        )
        for labels, numbers in sorted(summed.items())
    )


def _runs(window: Window) -> list[list[Bucket]]:
    """The window's buckets in runs that one range query answers.

    Loki moves a range query to multiples of its step, so whatever does not end there (a bucket cut
    by the window's end, a local day) is asked by itself.
    """
    runs: list[list[Bucket]] = []
    ranging = False
    for bucket in window.buckets():
        aligned = bucket.to_ns % window.step_ns == 0 and bucket.from_ns % window.step_ns == 0
        if aligned and ranging:
            runs[-1].append(bucket)
        else:
            runs.append([bucket])
        ranging = aligned
    return runs


def _time(ns: int) -> str:
    """Unix seconds to the millisecond, which both servers read."""
    return f"{ns // SECOND}.{ns % SECOND // _MILLISECOND:03d}"
