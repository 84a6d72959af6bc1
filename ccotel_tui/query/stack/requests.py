"""The requests to Prometheus and Loki for a query, as values. Pure.

With `batching.plan_queries` before it this is the whole way from questions to HTTP: nothing here
has been sent, and what was learned of the servers comes in as ServerTraits.
"""

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from functools import partial
from typing import NamedTuple

from ccotel_tui.network.address import Address
from ccotel_tui.query.query import Query, Scope
from ccotel_tui.query.stack.batching import MANY
from ccotel_tui.query.stack.languages import logql, promql
from ccotel_tui.query.stack.languages.metric_names import CLIENT_METRICS, METRICS, MetricNames
from ccotel_tui.query.stack.languages.re2 import bounded_queries
from ccotel_tui.query.stack.responses import HttpQuery
from ccotel_tui.query.window import DAY, MILLISECOND, SECOND, Bucket, Window


@dataclass(frozen=True, slots=True)
class ServerTraits:
    """The properties of the servers that decide how they are asked.

    `streams` is the selector of the log streams that hold the client's events. Without
    `large_results` Loki is asked about sessions day by day. With `normalise_models` LogQL makes
    one name of a model's spellings, for half as much again of Loki's time. `metric_names` is what
    Prometheus calls the client's counters.
    """

    streams: str = ""
    large_results: bool = True
    normalise_models: bool = False
    metric_names: MetricNames = field(default_factory=lambda: METRICS)


class Servers(NamedTuple):
    """The two servers of a stack."""

    prometheus: Address
    loki: Address

    def requests(
        self,
        query: Query,
        window: Window,
        scope: Scope,
        traits: ServerTraits,
        sessions: Sequence[str] = (),
    ) -> list[HttpQuery]:
        """Return what is asked for the query's numbers, of these sessions where some are named."""
        if query.measure.signal == "counters":
            return [
                self.promql(text, run)
                for run in runs(window, query.stepped)
                for text in _texts(
                    partial(
                        promql.compile_promql,
                        query=query,
                        span=range_text(run[0]),
                        names=traits.metric_names,
                    ),
                    query,
                    scope,
                    sessions,
                )
            ]
        if not _by_day(query, traits):
            return list(self._event_requests(query, window, scope, traits, sessions))
        days = window._replace(step_ns=DAY).buckets()
        if query.stepped:
            parts = (Window.between(*day, window.zone, window.step_ns) for day in days)
            return [
                request
                for part in parts
                for request in self._event_requests(query, part, scope, traits, sessions)
            ]
        return [
            self.logql(text, [day], day.to_ns - window.to_ns)
            for day in days
            for text in _texts(
                partial(logql.compile_logql, traits.streams, query, span=range_text(day)),
                query,
                scope,
                sessions,
            )
        ]

    def promql(self, text: str, run: Sequence[Bucket]) -> HttpQuery:
        """Return the query in PromQL over neighbouring buckets of one length."""
        return _ranged(self.prometheus, "/api/v1", text, run, 0)

    def logql(self, text: str, run: Sequence[Bucket], later_ns: int = 0) -> HttpQuery:
        """Return the same in LogQL, whose numbers come so much later than they are meant."""
        return _ranged(self.loki, "/loki/api/v1", text, run, later_ns)

    def page(self, text: str, within: Bucket, limit: int, direction: str) -> HttpQuery:
        """Return the query for rows, the newest first where the direction is `backward`."""
        # Loki's rows are those in [start, end): a nanosecond later it is our (from, to].
        parameters = (
            ("query", text),
            ("limit", str(limit)),
            ("direction", direction),
            ("start", str(within.from_ns + 1)),
            ("end", str(within.to_ns + 1)),
        )
        return HttpQuery(self.loki, "/loki/api/v1/query_range", parameters)

    def counter_metadata(self, path: str, within: Bucket) -> HttpQuery:
        """Return the query for the names at this path of the client's counters of that time."""
        ends = (("start", _time(within.from_ns)), ("end", _time(within.to_ns)))
        parameters = (("match[]", CLIENT_METRICS), *ends)
        return HttpQuery(self.prometheus, f"/api/v1{path}", parameters)

    def _event_requests(
        self,
        query: Query,
        window: Window,
        scope: Scope,
        traits: ServerTraits,
        sessions: Sequence[str],
    ) -> Iterator[HttpQuery]:
        for run in runs(window, query.stepped):
            # Loki moves a range query to multiples of its step: where the buckets do not end
            # there, as local days do not, it looks back from the next one.
            later_ns = -run[0].to_ns % window.step_ns if len(run) > 1 else 0
            offset = f" offset {later_ns // MILLISECOND}ms" if later_ns else ""
            compiled = partial(
                logql.compile_logql,
                traits.streams,
                query,
                span=range_text(run[0]),
                offset=offset,
                plain=traits.normalise_models,
            )
            for text in _texts(compiled, query, scope, sessions):
                yield self.logql(text, run, later_ns)


def _texts(
    compiled: Callable[..., Sequence[str]], query: Query, scope: Scope, sessions: Sequence[str]
) -> Iterator[str]:
    """Yield the query's texts about those sessions of the scope, or about all of it.

    There are several where one were too long; but a quantile does not follow from those of parts.
    """
    named = sessions or scope.sessions or ()
    if named:
        scope = scope._replace(sessions=None)
    if isinstance(query.stat, float):
        yield from compiled(scope=scope, sessions=named)
        return
    yield from bounded_queries(lambda part: compiled(scope=scope, sessions=part), named)


def needs_large_results(query: Query) -> bool:
    """Return whether one answer may hold a series for each session or prompt."""
    of_events = query.measure.signal == "events"
    return of_events and bool(MANY & set(query.by))


def _by_day(query: Query, traits: ServerTraits) -> bool:
    """Whether the query is asked about one day after the other: of prompts a month has too many."""
    return "prompt_id" in query.by or (needs_large_results(query) and not traits.large_results)


def range_text(bucket: Bucket) -> str:
    """Return the bucket's length, as both languages write it."""
    return f"{(bucket.to_ns - bucket.from_ns) // MILLISECOND}ms"


def runs(window: Window, stepped: bool) -> list[list[Bucket]]:
    """Return the buckets in runs that one range query answers: neighbours of a step's length.

    Where one number is wanted (not `stepped`), the window is its only bucket.
    """
    if not stepped:
        return [[window.whole]]
    runs: list[list[Bucket]] = []
    is_whole = False
    for bucket in window.buckets():
        was_whole, is_whole = is_whole, bucket.to_ns - bucket.from_ns == window.step_ns
        if is_whole and was_whole:
            runs[-1].append(bucket)
        else:
            runs.append([bucket])
    return runs


def _ranged(
    server: Address, api: str, text: str, run: Sequence[Bucket], later_ns: int
) -> HttpQuery:
    if len(run) == 1:
        parameters: Iterable[tuple[str, str]] = (("query", text), ("time", _time(run[0].to_ns)))
        return HttpQuery(server, f"{api}/query", tuple(parameters), later_ns)
    parameters = (
        ("query", text),
        ("start", _time(run[0].to_ns + later_ns)),
        ("end", _time(run[-1].to_ns + later_ns)),
        ("step", str((run[0].to_ns - run[0].from_ns) // SECOND)),
    )
    return HttpQuery(server, f"{api}/query_range", parameters, later_ns)


def _time(ns: int) -> str:
    """Unix seconds to the millisecond, which both servers read."""
    return f"{ns // SECOND}.{ns % SECOND // MILLISECOND:03d}"
