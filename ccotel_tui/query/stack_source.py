"""Prometheus and Loki as a source: counters from the one, events from the other."""

from collections.abc import Iterable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from itertools import chain
from typing import Any

from ccotel_tui.errors import SourceUnavailable
from ccotel_tui.query import logql, promql
from ccotel_tui.query.ask import Answer, Ask, Scope, Series
from ccotel_tui.query.http import CONNECTIONS, Http
from ccotel_tui.query.window import DAY, SECOND, Bucket, Window
from ccotel_tui.telemetry.vocabulary import UNKNOWN, model_name

Labels = tuple[str, ...]
Found = tuple[Labels, int, float]
"""The labels' values in the order of `by`, the bucket's end and the number."""

_MILLISECOND = 1_000_000
_LONGEST_SILENCE = 31 * DAY


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
                self._workers.submit(self._fetch, ask, scope, run)
                for run in (_runs(window) if ask.stepped else [[window.whole]])
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

    def current_session(self, to_ns: int, scope: Scope) -> str | None:
        newest = self._newest_row(logql.activity(scope), to_ns)
        return None if newest is None else newest[1].get("session_id", UNKNOWN)

    def last_heard(self) -> int | None:
        newest = self._newest_row(logql.anything(), None)
        return None if newest is None else newest[0]

    def version(self) -> int | None:
        return None

    def close(self) -> None:
        self._workers.shutdown(cancel_futures=True)
        self._http.close()

    def _newest_row(self, query: str, to_ns: int | None) -> tuple[int, dict[str, str]] | None:
        parameters = {"query": query, "limit": "1", "direction": "backward"}
        if to_ns is None:
            parameters["since"] = f"{_LONGEST_SILENCE // DAY}d"
        else:
            parameters["start"] = str(to_ns - _LONGEST_SILENCE)
            parameters["end"] = str(to_ns + 1)
        data = self._http.get(f"{self._loki}/loki/api/v1/query_range", parameters)
        with _understood(self._loki):
            rows = [
                (int(time), dict(stream["stream"]))
                for stream in data["result"]
                for time, *_ in stream["values"]
            ]
        return max(rows, key=lambda row: row[0], default=None)

    def _fetch(self, ask: Ask, scope: Scope, run: list[Bucket]) -> list[Found]:
        """The numbers of neighbouring buckets of one length."""
        step_ns = run[0].to_ns - run[0].from_ns
        counters = ask.measure.signal == "counters"
        compile = promql.compile if counters else logql.compile
        parameters = {"query": compile(ask, scope, f"{step_ns // _MILLISECOND}ms")}
        if len(run) == 1:
            form = "query"
            parameters["time"] = _time(run[0].to_ns)
        else:
            form = "query_range"
            parameters |= {
                "start": _time(run[0].to_ns),
                "end": _time(run[-1].to_ns),
                "step": str(step_ns // SECOND),
            }
        server = f"{self._prometheus}/api/v1" if counters else f"{self._loki}/loki/api/v1"
        data = self._http.get(f"{server}/{form}", parameters)
        with _understood(server):
            return list(_found(ask, data["result"]))


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
        labels = tuple(_label(name, series["metric"]) for name in ask.by)
        for time, number in series.get("values") or [series["value"]]:
            yield labels, round(float(time) * 1000) * _MILLISECOND, float(number)


def _label(name: str, labels: dict[str, str]) -> str:
    value = labels.get(name) or UNKNOWN
    return model_name(value) if name == "model" else value


def _series(ask: Ask, buckets: Iterable[Bucket], found: Iterable[Found]) -> Answer:
    summed: dict[Labels, dict[int, float]] = {}
    for labels, end_ns, number in found:
        numbers = summed.setdefault(labels, {})
        numbers[end_ns] = numbers.get(end_ns, 0.0) + number
    ends = [bucket.to_ns for bucket in buckets]
    return tuple(
        Series(
            dict(zip(ask.by, labels, strict=True)),
            tuple((end, numbers.get(end, 0.0)) for end in ends),
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
