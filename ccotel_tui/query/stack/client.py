"""The two servers of a stack: requests sent together, and the numbers and rows in their answers."""

import time
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from concurrent.futures import FIRST_EXCEPTION, Future, ThreadPoolExecutor, wait
from dataclasses import replace
from functools import partial
from itertools import pairwise
from math import inf
from threading import Event, Lock
from typing import Any, Protocol

from ccotel_tui.errors import SourceUnavailable, sentence
from ccotel_tui.network.address import Headers, address
from ccotel_tui.network.http import CONNECT_TIMEOUT, CONNECTIONS, HttpClient, Limit
from ccotel_tui.query.query import Query, Scope
from ccotel_tui.query.stack.json_api import get_json, timeout_message
from ccotel_tui.query.stack.languages.metric_names import METRICS, MetricNames
from ccotel_tui.query.stack.log_streams import NotSearched, Streams
from ccotel_tui.query.stack.requests import Servers, ServerTraits, needs_large_results
from ccotel_tui.query.stack.responses import (
    HttpQuery,
    LabelledValue,
    ResponseRow,
    has_duplicates,
    response_numbers,
    translate_parse_errors,
    within_calendar,
)
from ccotel_tui.query.stack.traits.counter_names import CounterNames
from ccotel_tui.query.stack.traits.partial_answers import PartialAnswers
from ccotel_tui.query.window import DAY, HOUR, LONGEST_SESSION, Bucket, Window

ANSWER_TIMEOUT = 30.0
"""Seconds for all that is sent together, retries included."""

_POLL_INTERVAL = 0.05
"""Seconds between two checks whether the reader has moved on."""

_PAGE = 5000
"""Rows that Loki hands out in one answer."""

_LARGE = 5000
"""Series: where an answer may have fewer, as 500 where nobody set it, results are not large."""

_LIMIT_RETRY = 60.0
"""Seconds from one question for that number to the next, where it was not answered."""

_TENANT = "X-Scope-OrgID"

_LONGEST = 30 * DAY
"""That one request for rows may be about, as Loki has it."""


class ValueReader(Protocol):
    """Reads the numbers of queries as the servers have them: under labels, by end of bucket."""

    def query_values(
        self, queries: Collection[Query], window: Window, scope: Scope
    ) -> dict[Query, list[LabelledValue]]: ...


class StackClient:
    """Asks Prometheus and Loki, and reads their answers.

    Whatever is needed at one moment is sent together (`fetch_all`), over up to CONNECTIONS
    connections a server. The first request that fails ends the others, and so does the reader
    who sets `cancelled`, or the deadline: the error is SourceUnavailable, with a sentence on which
    server did what. How a query becomes requests is in `requests` and needs no server; what has to
    be known for that (`ServerTraits`) is looked up here, and kept as long as it holds.

    Any thread may ask. A failure cancels all requests of the same client, so that what is looked up
    beside the rest has a client of its own.
    """

    def __init__(
        self,
        prometheus_url: str,
        loki_url: str,
        headers: Headers = (),
        ours_only: Collection[str] = (),
        cancelled: Event | None = None,
    ) -> None:
        """Those of the addresses that are `ours_only` are asked while a server of ours has them.

        Raises ValueError for what is no address.
        """
        self.servers = Servers(address(prometheus_url, headers), address(loki_url, headers))
        self._http = HttpClient([address(url).host for url in ours_only])
        self._cancelled = cancelled or Event()
        self.partial_answers = PartialAnswers()
        self._result_limit = ResultLimit(self._fetch_result_limit)
        self._normalise_models = False
        """Set for good when a model was seen under two spellings."""
        self._streams = Streams(self._search)
        self._counter_names = CounterNames(self.counter_names)
        self._workers = ThreadPoolExecutor(CONNECTIONS, thread_name_prefix="fetch")

    def close(self) -> None:
        self._cancelled.set()
        self._http.close()
        self._workers.shutdown(cancel_futures=True)

    def fetch_all(self, queries: Iterable[HttpQuery]) -> dict[HttpQuery, Any]:
        """Return the answer to each distinct query, all sent together. Raises SourceUnavailable."""
        limit = self._http.limit(ANSWER_TIMEOUT)
        futures: dict[HttpQuery, Future[Any]] = {}
        pending: set[Future[Any]] = set()
        try:
            for query in queries:
                if query not in futures:
                    futures[query] = self._submit(query, limit)
            pending = set(futures.values())
            while pending:
                done, pending = wait(pending, _POLL_INTERVAL, FIRST_EXCEPTION)
                for future in done:
                    future.result()
                if pending and self._cancelled.is_set():
                    raise SourceUnavailable("The reader has moved on.")
                if pending and time.monotonic() > limit.until:
                    late = next(query for query, future in futures.items() if future in pending)
                    raise SourceUnavailable(timeout_message(late.server.server))
        except SourceUnavailable as error:
            self._cancel(futures.values(), sentence(error))
            raise
        return {query: future.result() for query, future in futures.items()}

    def query_values(
        self,
        queries: Collection[Query],
        window: Window,
        scope: Scope,
        sessions: Sequence[str] = (),
    ) -> dict[Query, list[LabelledValue]]:
        """Return the numbers of each query; of these sessions only, where some are named."""
        traits = self.traits(queries, window)
        values = self._values(queries, window, scope, traits, sessions)
        # The quantile of a model is not made of those of its spellings. To normalise them costs
        # Loki half as much again: it is asked for where there are two.
        quantiles = [query for query in queries if isinstance(query.stat, float)]
        split = [query for query in quantiles if has_duplicates(values[query])]
        if split and not traits.normalise_models:
            self._normalise_models = True
            traits = replace(traits, normalise_models=True)
            values |= self._values(split, window, scope, traits, sessions)
        return values

    def traits(self, queries: Collection[Query], window: Window) -> ServerTraits:
        """Return what has to be known to ask these queries; may ask Loki for it."""
        of_events = any(query.measure.signal == "events" for query in queries)
        of_counters = any(query.measure.signal == "counters" for query in queries)
        return ServerTraits(
            streams=self.streams(window.whole) if of_events else "",
            large_results=not any(map(needs_large_results, queries))
            or self._result_limit.get() >= _LARGE,
            normalise_models=self._normalise_models,
            metric_names=self.metric_names(window.whole) if of_counters else METRICS,
        )

    def streams(self, within: Bucket) -> str:
        """Return the selector of the streams that hold events of that time."""
        return self._streams.selector(within)

    def has_event_streams(self, within: Bucket) -> bool:
        """Return whether Loki reads the events of one name without reading the others."""
        self._streams.selector(within)
        return self._streams.by_event

    def services(self, within: Bucket) -> list[tuple[str, str]]:
        """Return the names of the services with events of that time, and the selector of each."""
        self._streams.selector(within)
        return self._streams.each()

    def unsearched(self) -> set[str]:
        """Return the names of services that may hold events and could not be searched."""
        return self._streams.unsearched

    def metric_names(self, within: Bucket) -> MetricNames:
        """Return what Prometheus calls the client's counters, in that time and before it."""
        return self._counter_names.get(within)

    def counter_names(self, within: Bucket) -> list[str]:
        """Return the names under which Prometheus has counters of the client of that time."""
        return self._counter_metadata("/label/__name__/values", within)

    def counter_labels(self, within: Bucket) -> list[str]:
        """Return the labels of those counters."""
        return self._counter_metadata("/labels", within)

    def _counter_metadata(self, path: str, within: Bucket) -> list[str]:
        query = self.servers.counter_metadata(path, within)
        [data] = self.fetch_all([query]).values()
        with translate_parse_errors(query):
            return list(map(str, data))

    def rows(
        self, text: str, window: Window, limit: int, *, oldest: bool = False
    ) -> list[ResponseRow]:
        """Return the newest rows of the window, or the `oldest`, in no order.

        Loki cuts an answer anywhere among rows of one time, so that those at an edge are asked
        for by themselves.
        """
        rows: list[ResponseRow] = []
        from_ns, to_ns = window.whole
        direction, farthest = ("forward", max) if oldest else ("backward", min)
        while to_ns > from_ns and len(rows) < limit:
            wanted = min(_PAGE, limit - len(rows) + 1)
            within = (
                Bucket(from_ns, min(to_ns, from_ns + _LONGEST))
                if oldest
                else Bucket(max(from_ns, to_ns - _LONGEST), to_ns)
            )
            page = self.page(text, within, wanted, direction)
            if len(page) < wanted:
                rows += page
                read = within
            else:
                edge_ns = farthest(at for at, _ in page)
                rows += [row for row in page if row[0] != edge_ns]
                if len(rows) < limit:
                    rows += self.page(text, Bucket(edge_ns - 1, edge_ns), _PAGE)
                read = Bucket(edge_ns - 1, edge_ns)
            from_ns, to_ns = (read.to_ns, to_ns) if oldest else (from_ns, read.from_ns)
        return rows

    def newest(self, texts: Callable[[str], Iterable[str]], to_ns: int) -> list[ResponseRow]:
        """Return the newest row up to then, if there is one: most often it is of the last hour.

        `texts` makes the queries for the rows of the streams with that selector.
        """
        for newer, older in pairwise((0, HOUR, DAY, LONGEST_SESSION)):
            within = Bucket(to_ns - older, to_ns - newer)
            pages = [self.page(text, within, 1) for text in texts(self.streams(within))]
            if any(pages):
                return [max((row for page in pages for row in page), key=lambda row: row[0])]
        return []

    def page(
        self, text: str, within: Bucket, limit: int, direction: str = "backward"
    ) -> list[ResponseRow]:
        """Return the newest rows, with the direction `forward` the oldest.

        There are at most as many as Loki hands out in one answer, any of those of one time.
        """
        query = self.servers.page(text, within, limit, direction)
        [data] = self.fetch_all([query]).values()
        with translate_parse_errors(query):
            return [
                (within_calendar(int(at)), dict(stream["stream"]))
                for stream in data["result"]
                for at, *_ in stream["values"]
            ]

    def _values(
        self,
        queries: Iterable[Query],
        window: Window,
        scope: Scope,
        traits: ServerTraits,
        sessions: Sequence[str],
    ) -> dict[Query, list[LabelledValue]]:
        requests: Mapping[Query, list[HttpQuery]] = {
            query: self.servers.requests(query, window, scope, traits, sessions)
            for query in queries
        }
        answers = self.fetch_all(each for sent in requests.values() for each in sent)
        return {
            query: [
                value for each in sent for value in response_numbers(query, each, answers[each])
            ]
            for query, sent in requests.items()
        }

    def _search(self, path: str, parameters: tuple[tuple[str, str], ...], seconds: float) -> Any:
        """Loki's data at the path; a search that it refuses does not end the other requests."""
        limit = self._http.limit(seconds)
        query = HttpQuery(self.servers.loki, f"/loki/api/v1{path}", parameters)
        future = self._submit(query, limit, "")
        while True:
            try:
                with translate_parse_errors(query):
                    return future.result(_POLL_INTERVAL).get("data")
            except TimeoutError:
                if self._cancelled.is_set():
                    future.cancel()
                    raise SourceUnavailable("The reader has moved on.") from None
            except SourceUnavailable as error:
                if self._http.cancelled_since(limit):
                    raise
                raise NotSearched(sentence(error)) from error

    def _fetch_result_limit(self) -> int | None:
        loki = self.servers.loki
        # One that serves a single tenant calls it fake, and says this only to a tenant.
        has_tenant = any(name.lower() == _TENANT.lower() for name, _ in loki.headers)
        only = () if has_tenant else ((_TENANT, "fake"),)
        tenant = replace(loki, headers=(*loki.headers, *only))
        query = HttpQuery(tenant, "/loki/api/v1/drilldown-limits", ())
        try:
            limits = get_json(self._http, query, self._http.limit(CONNECT_TIMEOUT), "limits")
            return int(limits["max_query_series"])
        except (SourceUnavailable, LookupError, TypeError, ValueError):
            return None

    def _submit(self, query: HttpQuery, limit: Limit, field: str = "data") -> Future[Any]:
        try:
            on_partial = partial(self.partial_answers.add, query.server)
            return self._workers.submit(get_json, self._http, query, limit, field, on_partial)
        except RuntimeError as error:
            raise SourceUnavailable("The reader has gone.") from error

    def _cancel(self, futures: Iterable[Future[Any]], cause: str) -> None:
        """Send nothing more, and wait for no answer."""
        futures = list(futures)
        for future in futures:
            future.cancel()
        self._http.cancel_all(cause)
        wait(futures, CONNECT_TIMEOUT + 1)
        self._http.reset()


class ResultLimit:
    """The number of series Loki puts into one answer: asked for until known, once a minute."""

    def __init__(self, fetch: Callable[[], int | None]) -> None:
        self._fetch = fetch
        self._series = 0
        self._valid_until = 0.0
        self._lock = Lock()

    def get(self) -> int:
        """Return the number of series; 0 where Loki does not say it."""
        with self._lock:
            if time.monotonic() >= self._valid_until:
                series = self._fetch()
                self._series = series or 0
                self._valid_until = inf if series is not None else time.monotonic() + _LIMIT_RETRY
            return self._series
