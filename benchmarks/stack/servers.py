"""The panels from the real collector, Prometheus and Loki, which `make test-stack` builds."""

import itertools
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from functools import partial
from itertools import islice
from pathlib import Path
from statistics import median
from typing import Any
from unittest.mock import patch
from zoneinfo import ZoneInfo

from benchmarks import month
from benchmarks.figure import Counterpart, Effort, Figure, percentile
from benchmarks.recorder.recorder import client
from benchmarks.screen.latency import arrivals_of_rows
from benchmarks.screen.live import OVERVIEW, Session, Shown
from benchmarks.screen.terminal import terminal
from ccotel_tui.network.address import Address
from ccotel_tui.network.http import HttpClient, Limit, Response
from ccotel_tui.panels.catalogue import PANELS, SECTIONS
from ccotel_tui.panels.panel import Panel
from ccotel_tui.panels.result import answer_panels
from ccotel_tui.query.measures import ACTIVE_TIME, LINES
from ccotel_tui.query.query import Query, Scope
from ccotel_tui.query.source import Backend
from ccotel_tui.query.stack.backend import open_stack
from ccotel_tui.query.stack.languages import promql
from ccotel_tui.query.window import DAY, SECOND, Window
from ccotel_tui.send import replay
from ccotel_tui.telemetry.encode import logs_request, metrics_request
from ccotel_tui.telemetry.records import Event, Point
from tests.servers.servers import ServerError, Stack

_EVENTS = 150_000
_SESSIONS = 1_500
_AT_ONCE = 1_000
_REFRESHES = 9


def servers(effort: Effort) -> Iterator[Figure]:
    """Every section and panel over a month on real servers."""
    rounds = max(3, effort.rounds // 3)
    to_ns = time.time_ns() // 1_000_000 * 1_000_000
    with _filled(to_ns) as running:
        assert running.loki
        urls = running.prometheus.url, running.loki.url
        for section in SECTIONS:
            yield from _section(section, urls, to_ns, rounds)
        yield _slowest_panel(urls, to_ns)
        yield _look_back(urls, to_ns, rounds)
        yield from _event_to_row(urls, running.collector.grpc, effort)


def _section(section: str, urls: tuple[str, str], to_ns: int, rounds: int) -> Iterator[Figure]:
    """The section asked at first and again five seconds later, beside its slowest query alone."""
    panels = [panel for panel in PANELS if panel.section == section]
    with closing(open_stack(*urls, polling=True)) as backend:
        queries = _queries(partial(_ask, panels, backend, to_ns))
        moments = itertools.count(to_ns, 5 * SECOND)
        # What is looked up beside the second asking is over before most of these.
        again = _median(lambda: _ask(panels, backend, next(moments)), _REFRESHES)
        slowest = max(_median(query, rounds) for query in queries)
    first = median(_first(panels, urls, to_ns) for _ in range(rounds))
    alone = Counterpart("its slowest query alone", slowest * 1000)
    yield Figure(f"{section}: asked first", first * 1000, "ms", alone)
    yield Figure(f"{section}: a refresh", again * 1000, "ms", alone, "refresh from servers")


def _slowest_panel(urls: tuple[str, str], to_ns: int) -> Figure:
    seconds = {panel.id: median(_first([panel], urls, to_ns) for _ in range(3)) for panel in PANELS}
    slowest = max(seconds, key=seconds.__getitem__)
    panel = next(panel for panel in PANELS if panel.id == slowest)
    with closing(open_stack(*urls, polling=True)) as backend:
        queries = _queries(partial(_ask, [panel], backend, to_ns))
        alone = max(_median(query, 3) for query in queries)
    about = f"{_EVENTS:,} events, {_SESSIONS:,} sessions, 30 days"
    other = Counterpart("its slowest query alone", alone * 1000)
    name = f"slowest panel, {slowest}, asked first: {about}"
    return Figure(name, seconds[slowest] * 1000, "ms", other, "panel from servers")


def _first(panels: list[Panel], urls: tuple[str, str], to_ns: int) -> float:
    """Return the seconds that they take when nothing is known yet."""
    with closing(open_stack(*urls, polling=True)) as backend:
        return _seconds(partial(_ask, panels, backend, to_ns))


def _ask(panels: list[Panel], backend: Backend, to_ns: int) -> None:
    window = Window.between(to_ns - 30 * DAY, to_ns, ZoneInfo("UTC"))
    for answer in answer_panels(panels, backend, window, Scope(), to_ns).values():
        if answer.state == "error":
            raise ServerError(answer.notes[0])


def _look_back(urls: tuple[str, str], to_ns: int, rounds: int) -> Figure:
    window = Window.between(to_ns - 30 * DAY, to_ns, ZoneInfo("UTC"))
    asks = [Query(measure, by=("type",), stepped=True) for measure in (LINES, ACTIVE_TIME)]
    with closing(open_stack(*urls)) as backend:
        counters = partial(backend.source.numbers, asks, window, Scope())
        looking_back = _median(counters, rounds)
        with patch.object(promql, "LOOK_BACK", "1m"):
            bare = _median(counters, rounds)
    other = Counterpart("those that do not", bare * 1000)
    return Figure("counters that look back 31 days", looking_back * 1000, "ms", other)


def _event_to_row(urls: tuple[str, str], collector: str, effort: Effort) -> Iterator[Figure]:
    prometheus, loki = ("--prometheus-url", urls[0]), ("--loki-url", urls[1])
    words = ["ccotel_tui", "--source", "stack", *prometheus, *loki, "--since", "1h"]
    with (
        tempfile.TemporaryDirectory() as folder,
        client(collector) as exporting,
        terminal(words, CLAUDE_CONFIG_DIR=folder) as shown,
    ):
        shown.until(OVERVIEW)
        taken = arrivals_of_rows(Shown(shown, exporting, Session()), effort)
    for q in (0.5, 0.99):
        name = f"event acknowledged by the collector -> its row painted, p{q * 100:.0f}"
        yield Figure(name, percentile(taken, q) * 1000, "ms")


@contextmanager
def _filled(to_ns: int) -> Iterator[Stack]:
    """Running servers with the month on them."""
    with tempfile.TemporaryDirectory() as folder, Stack(Path(folder)) as servers:
        if servers.loki is None:
            raise ServerError("loki is missing: CCOTEL_TEST_LOKI names its binary")
        replay.send(_lines(to_ns), servers.collector.grpc)
        servers.settle()
        yield servers


def _lines(to_ns: int) -> Iterator[replay.Line]:
    records = month.records(_EVENTS, to_ns, _EVENTS // _SESSIONS)
    while batch := list(islice(records, _AT_ONCE)):
        at = batch[-1].time_ns
        yield replay.Line(logs_request(each for each in batch if isinstance(each, Event)), at)
        yield replay.Line(metrics_request(each for each in batch if isinstance(each, Point)), at)


def _queries(ask: Callable[[], None]) -> list[Callable[[], Any]]:
    """Return every request that this sends, to be sent again by itself."""
    sent: dict[Any, Callable[[], Any]] = {}
    get = HttpClient.get

    def recorded(
        http: HttpClient, server: Address, path: str, parameters: Any, limit: Limit
    ) -> Response:
        request = server, path, parameters
        sent[request] = lambda: get(http, *request, http.limit(60))
        return get(http, *request, limit)

    with patch.object(HttpClient, "get", recorded):
        ask()
    return list(sent.values())


def _median(run: Callable[[], Any], rounds: int) -> float:
    """Return the seconds of the usual round."""
    return median(_seconds(run) for _ in range(rounds))


def _seconds(run: Callable[[], Any]) -> float:
    began = time.perf_counter()
    run()
    return time.perf_counter() - began
