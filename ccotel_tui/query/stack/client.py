"""Prometheus and Loki: questions sent at once, and the numbers and rows in their answers."""

import time
from collections.abc import Callable, Collection, Iterable, Sequence
from concurrent.futures import FIRST_EXCEPTION, Future, ThreadPoolExecutor, wait
from dataclasses import replace
from itertools import pairwise
from math import inf
from threading import Event, Lock
from typing import Any

from ccotel_tui.errors import SourceUnavailable
from ccotel_tui.network.address import Headers, address
from ccotel_tui.network.http import CONNECT_TIMEOUT, CONNECTIONS, HttpClient, Limit
from ccotel_tui.query.query import Query, Scope
from ccotel_tui.query.stack.batching import MANY
from ccotel_tui.query.stack.json_api import get_json, is_ready, timeout_message
from ccotel_tui.query.stack.languages import logql, promql
from ccotel_tui.query.stack.log_streams import NotSearched, Streams
from ccotel_tui.query.stack.responses import (
    MILLISECOND,
    HttpQuery,
    LabelledValue,
    ResponseRow,
    has_duplicates,
    response_numbers,
    translate_parse_errors,
    within_calendar,
)
from ccotel_tui.query.window import DAY, HOUR, LONGEST_SESSION, SECOND, Bucket, Window

ANSWER_WITHIN = 30.0
"""Seconds for all that is asked at once, tries included."""

_LOOK_EVERY = 0.05
"""Seconds between two looks whether the reader has moved on."""

_PAGE = 5000
"""Rows that Loki hands out at once."""

_MANY = 5000
"""Series: where an answer may have fewer, as 500 where nobody set it, sessions are asked by day."""

_ASK_MOST_EVERY = 60.0
"""Seconds from one question for that number to the next, where it was not answered."""

_TENANT = "X-Scope-OrgID"

_LONGEST = 30 * DAY
"""That one request for rows may be about, as Loki has it."""


class StackClient:
    def __init__(
        self,
        prometheus_url: str,
        loki_url: str,
        headers: Headers = (),
        ours_only: Collection[str] = (),
    ) -> None:
        """Of the two addresses, those `ours_only` are asked while a server of ours has them."""
        self._prometheus = address(prometheus_url, headers)
        self._loki = address(loki_url, headers)
        self._http = HttpClient([address(url).host for url in ours_only])
        self._most, self._most_until = 0, 0.0
        self._asking_most = Lock()
        self._plain_models = False
        self._streams = Streams(self._search)
        self._workers = ThreadPoolExecutor(CONNECTIONS, thread_name_prefix="ask")
        self.moved_on = Event()

    def answer(self) -> bool:
        """Whether both are ready."""
        return is_ready(self._http, self._prometheus, "/-/ready") and is_ready(
            self._http, self._loki, "/ready"
        )

    def close(self) -> None:
        self.moved_on.set()
        self._http.close()
        self._workers.shutdown(cancel_futures=True)

    def together(self, queries: Iterable[HttpQuery]) -> dict[HttpQuery, Any]:
        """What each distinct query answers, all asked at once.

        The first that fails ends all, and so does a reader who has moved on. Raises
        SourceUnavailable.
        """
        limit = self._http.limit(ANSWER_WITHIN)
        asked: dict[HttpQuery, Future[Any]] = {}
        pending: set[Future[Any]] = set()
        try:
            for query in queries:
                if query not in asked:
                    asked[query] = self._submit(query, limit)
            pending = set(asked.values())
            while pending:
                done, pending = wait(pending, _LOOK_EVERY, FIRST_EXCEPTION)
                for one in done:
                    one.result()
                if pending and self.moved_on.is_set():
                    raise SourceUnavailable("The reader has moved on.")
                if pending and time.monotonic() > limit.until:
                    late = next(query for query, one in asked.items() if one in pending)
                    raise SourceUnavailable(timeout_message(late.server.server))
        except SourceUnavailable as error:
            self._end(asked.values(), str(error))
            raise
        return {query: future.result() for query, future in asked.items()}

    def found(
        self, asks: Iterable[Query], window: Window, scope: Scope, sessions: Sequence[str] = ()
    ) -> dict[Query, list[LabelledValue]]:
        """The numbers of each, all asked at once; of these sessions only, where some are named."""
        plain = self._plain_models
        queries = {ask: self.queries(ask, scope, window, sessions, plain) for ask in asks}
        answers = self.together(query for some in queries.values() for query in some)
        found = {
            ask: [one for query in some for one in response_numbers(ask, query, answers[query])]
            for ask, some in queries.items()
        }
        # To make a model's names one costs Loki half as much again: it is asked where there are
        # two, of which a quantile is not that of both.
        quantiles = [] if plain else [ask for ask in found if isinstance(ask.stat, float)]
        if two := [ask for ask in quantiles if has_duplicates(found[ask])]:
            self._plain_models = True
            found |= self.found(two, window, scope, sessions)
        return found

    def queries(
        self,
        ask: Query,
        scope: Scope,
        window: Window,
        sessions: Sequence[str] = (),
        plain: bool = False,
    ) -> list[HttpQuery]:
        """What has to be asked for the numbers; of these sessions only, where some are named."""
        runs = _runs(window) if ask.stepped else [[window.whole]]
        if ask.measure.signal == "counters":
            return [
                self._ranged(True, text, run)
                for run in runs
                for text in promql.compile_promql(ask, scope, span(run[0]), sessions)
            ]
        streams = self.streams(window.whole)
        if not ask.stepped and MANY & set(ask.by) and not self._holds_many():
            return [
                self._ranged(False, text, [day], day.to_ns - window.to_ns)
                for day in replace(window, step_ns=DAY).buckets()
                for text in logql.compile_logql(streams, ask, scope, span(day), sessions)
            ]
        found = []
        for run in runs:
            # Loki moves a range query to multiples of its step: where the buckets do not end
            # there, as local days do not, it looks back from the next one.
            later_ns = -run[0].to_ns % window.step_ns if len(run) > 1 else 0
            offset = f" offset {later_ns // MILLISECOND}ms" if later_ns else ""
            texts = logql.compile_logql(streams, ask, scope, span(run[0]), sessions, offset, plain)
            found += [self._ranged(False, text, run, later_ns) for text in texts]
        return found

    def streams(self, within: Bucket) -> str:
        """The selector of what holds events of that time."""
        return self._streams.selector(within)

    def services(self, within: Bucket) -> list[tuple[str, str]]:
        """The names of what holds events of that time, and the selector of each alone."""
        self._streams.selector(within)
        return self._streams.each()

    def unsearched(self) -> set[str]:
        """The names of what may hold some and could not be searched."""
        return self._streams.unsearched

    def names(self, path: str, window: Window) -> list[str]:
        """The names that Prometheus has at this path for the client's counters in the window."""
        ends = (("start", _time(window.from_ns)), ("end", _time(window.to_ns)))
        query = HttpQuery(
            self._prometheus, f"/api/v1{path}", (("match[]", promql.CLIENT_METRICS), *ends)
        )
        [data] = self.together([query]).values()
        with translate_parse_errors(query):
            return list(map(str, data))

    def counters(self, text: str, window: Window) -> HttpQuery:
        """A query in PromQL that looks back over the whole window."""
        return self._ranged(True, text, [window.whole])

    def looking_back(
        self, text: Callable[[str], str], window: Window, stepped: bool
    ) -> list[HttpQuery]:
        """Queries in PromQL that look back over each bucket, or over the whole window.

        `text` is the query over such a span.
        """
        runs = _runs(window) if stepped else [[window.whole]]
        return [self._ranged(True, text(span(run[0])), run) for run in runs]

    def events(self, text: str, window: Window) -> HttpQuery:
        """The same in LogQL."""
        return self._ranged(False, text, [window.whole])

    def rows(self, text: str, window: Window, limit: int) -> list[ResponseRow]:
        """The newest rows of the window, in no order.

        Loki cuts an answer anywhere among rows of one time, so that those at an edge are asked
        for by themselves.
        """
        found: list[ResponseRow] = []
        to_ns = window.to_ns
        while to_ns > window.from_ns:
            wanted = min(_PAGE, limit - len(found) + 1)
            from_ns = max(window.from_ns, to_ns - _LONGEST)
            page = self.page(text, Bucket(from_ns, to_ns), wanted)
            if len(page) < wanted:
                found += page
                to_ns = from_ns
                continue
            edge_ns = min(at for at, _ in page)
            found += [row for row in page if row[0] > edge_ns]
            if len(found) < limit:
                found += self.page(text, Bucket(edge_ns - 1, edge_ns), _PAGE)
            if len(found) >= limit:
                break
            to_ns = edge_ns - 1
        return found

    def newest(self, text: Callable[[str], str], to_ns: int) -> list[ResponseRow]:
        """The newest row up to then, if there is one: most often it is of the last hour.

        `text` is the query for the rows of the streams with that selector.
        """
        for newer, older in pairwise((0, HOUR, DAY, LONGEST_SESSION)):
            within = Bucket(to_ns - older, to_ns - newer)
            if found := self.page(text(self.streams(within)), within, 1):
                return found
        return []

    def page(
        self, text: str, within: Bucket, limit: int, direction: str = "backward"
    ) -> list[ResponseRow]:
        """The newest rows, any of those of one time, as many as Loki hands out at once.

        With the direction `forward` the oldest.

        Loki's rows are those in [start, end): a nanosecond later it is our (from, to].
        """
        query = HttpQuery(
            self._loki,
            "/loki/api/v1/query_range",
            (
                ("query", text),
                ("limit", str(limit)),
                ("direction", direction),
                ("start", str(within.from_ns + 1)),
                ("end", str(within.to_ns + 1)),
            ),
        )
        [data] = self.together([query]).values()
        with translate_parse_errors(query):
            return [
                (within_calendar(int(at)), dict(stream["stream"]))
                for stream in data["result"]
                for at, *_ in stream["values"]
            ]

    def _search(self, path: str, parameters: tuple[tuple[str, str], ...], seconds: float) -> Any:
        """What Loki has there; that it has not is no reason to end what else is asked."""
        limit = self._http.limit(seconds)
        query = HttpQuery(self._loki, f"/loki/api/v1{path}", parameters)
        future = self._submit(query, limit, "")
        while True:
            try:
                with translate_parse_errors(query):
                    return future.result(_LOOK_EVERY).get("data")
            except TimeoutError:
                if self.moved_on.is_set():
                    future.cancel()
                    raise SourceUnavailable("The reader has moved on.") from None
            except SourceUnavailable as error:
                if self._http.cancelled_since(limit):
                    raise
                raise NotSearched(str(error)) from error

    def _holds_many(self) -> bool:
        """Whether Loki says that it puts many series in one answer; asked until it says so."""
        with self._asking_most:
            if time.monotonic() >= self._most_until:
                self._most, self._most_until = self._answered_most()
        return self._most >= _MANY

    def _answered_most(self) -> tuple[int, float]:
        """How many it says, and until when that is good (time.monotonic)."""
        # One that serves a single tenant calls it fake, and says this only to a tenant.
        named = any(name.lower() == _TENANT.lower() for name, _ in self._loki.headers)
        only = () if named else ((_TENANT, "fake"),)
        tenant = replace(self._loki, headers=(*self._loki.headers, *only))
        limit = self._http.limit(CONNECT_TIMEOUT)
        try:
            query = HttpQuery(tenant, "/loki/api/v1/drilldown-limits", ())
            limits = get_json(self._http, query, limit, "limits")
            return int(limits["max_query_series"]), inf
        except (SourceUnavailable, LookupError, TypeError, ValueError):
            return 0, time.monotonic() + _ASK_MOST_EVERY

    def _ranged(self, counters: bool, text: str, run: list[Bucket], later_ns: int = 0) -> HttpQuery:
        """The query over neighbouring buckets of one length."""
        server, api = (self._prometheus, "/api/v1") if counters else (self._loki, "/loki/api/v1")
        if len(run) == 1:
            at = _time(run[0].to_ns)
            return HttpQuery(server, f"{api}/query", (("query", text), ("time", at)), later_ns)
        parameters = (
            ("query", text),
            ("start", _time(run[0].to_ns + later_ns)),
            ("end", _time(run[-1].to_ns + later_ns)),
            ("step", str((run[0].to_ns - run[0].from_ns) // SECOND)),
        )
        return HttpQuery(server, f"{api}/query_range", parameters, later_ns)

    def _submit(self, query: HttpQuery, limit: Limit, field: str = "data") -> Future[Any]:
        try:
            return self._workers.submit(get_json, self._http, query, limit, field)
        except RuntimeError as error:
            raise SourceUnavailable("The reader has gone.") from error

    def _end(self, futures: Iterable[Future[Any]], why: str) -> None:
        """Send nothing more, and wait for no answer."""
        futures = list(futures)
        for one in futures:
            one.cancel()
        self._http.cancel_all(why)
        wait(futures, CONNECT_TIMEOUT + 1)
        self._http.reset()


def span(bucket: Bucket) -> str:
    """The bucket's length, as both languages write it."""
    return f"{(bucket.to_ns - bucket.from_ns) // MILLISECOND}ms"


def _runs(window: Window) -> list[list[Bucket]]:
    """The window's buckets in runs that one range query answers: neighbours of a step's length."""
    runs: list[list[Bucket]] = []
    whole = False
    for bucket in window.buckets():
        was_whole, whole = whole, bucket.to_ns - bucket.from_ns == window.step_ns
        if whole and was_whole:
            runs[-1].append(bucket)
        else:
            runs.append([bucket])
    return runs


def _time(ns: int) -> str:
    """Unix seconds to the millisecond, which both servers read."""
    return f"{ns // SECOND}.{ns % SECOND // MILLISECOND:03d}"
