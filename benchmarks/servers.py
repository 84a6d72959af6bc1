"""The panels from the real collector, Prometheus and Loki, which `make test-stack` builds."""

import statistics
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import partial
from itertools import islice
from pathlib import Path
from typing import Any
from unittest.mock import patch
from zoneinfo import ZoneInfo

from benchmarks import month
from benchmarks.figure import Effort, Figure
from ccotel_tui.panels.answer import answer_panels
from ccotel_tui.panels.catalogue import PANELS, SECTIONS
from ccotel_tui.panels.panel import Panel
from ccotel_tui.query import promql
from ccotel_tui.query.ask import Ask, Scope
from ccotel_tui.query.http import Http, Limit
from ccotel_tui.query.measures import ACTIVE_TIME, LINES
from ccotel_tui.query.stack_source import StackSource
from ccotel_tui.query.window import DAY, Window
from ccotel_tui.record import replay
from ccotel_tui.telemetry.encode import logs_request, metrics_request
from ccotel_tui.telemetry.records import Event, Point
from tests.servers.servers import ServerError, Stack

_EVENTS = 150_000
_SESSIONS = 1_500
_AT_ONCE = 1_000


def servers(effort: Effort) -> Iterator[Figure]:
    """Every section and panel over a month on real servers."""
    rounds = max(3, effort.rounds // 3)
    to_ns = time.time_ns() // 1_000_000 * 1_000_000
    window = Window.between(to_ns - 30 * DAY, to_ns, ZoneInfo("UTC"))
    about = f"{_EVENTS:,} events, {_SESSIONS:,} sessions, 30 days, real servers"
    with _filled(to_ns) as running:
        assert running.loki
        source = StackSource(running.prometheus.url, running.loki.url)

        def ask(panels: list[Panel]) -> None:
            for answer in answer_panels(panels, source, window, Scope(), to_ns).values():
                if answer.state == "error":
                    raise ServerError(answer.notes[0])

        for section in SECTIONS:
            own = [panel for panel in PANELS if panel.section == section]
            ask(own)
            refresh = _median(partial(ask, own), rounds)
            slowest = max(_median(query, rounds) for query in _queries(partial(ask, own)))
            name = f"{section}: a refresh ({refresh * 1000:.0f} ms) to its slowest query alone"
            yield Figure(name, refresh / slowest, "", 1.2)
        seconds = {panel.id: _median(partial(ask, [panel]), rounds) for panel in PANELS}
        slow = max(seconds, key=seconds.__getitem__)
        yield Figure(f"slowest panel, {slow}: {about}", seconds[slow] * 1000, "ms", 1000.0)
        asks = [Ask(measure, by=("type",), stepped=True) for measure in (LINES, ACTIVE_TIME)]
        counters = partial(source.numbers, asks, window, Scope())
        looking_back = _median(counters, rounds)
        with patch.object(promql, "LOOK_BACK", "1m"):
            bare = _median(counters, rounds)
        yield Figure(
            "counters that look back 31 days to those that do not", looking_back / bare, ""
        )
        source.close()


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
    while some := list(islice(records, _AT_ONCE)):
        at = some[-1].time_ns
        yield replay.Line(logs_request(one for one in some if isinstance(one, Event)), at)
        yield replay.Line(metrics_request(one for one in some if isinstance(one, Point)), at)


def _queries(ask: Callable[[], None]) -> list[Callable[[], Any]]:
    """Every request that this sends, to be sent again by itself."""
    sent: dict[Any, Callable[[], Any]] = {}
    get = Http.get

    def watched(http: Http, server: Any, path: str, parameters: Any, limit: Limit) -> Any:
        sent[server, path, parameters] = lambda: get(http, server, path, parameters, http.limit(60))
        return get(http, server, path, parameters, limit)

    with patch.object(Http, "get", watched):
        ask()
    return list(sent.values())


def _median(run: Callable[[], Any], rounds: int) -> float:
    """Seconds."""
    taken = []
    for _ in range(rounds):
        began = time.perf_counter()
        run()
        taken.append(time.perf_counter() - began)
    return statistics.median(taken)
