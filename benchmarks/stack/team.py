"""What a team asks of real servers, beside one plain sum over the same events in the same run."""

import time
from collections.abc import Callable, Iterator
from contextlib import closing
from dataclasses import replace
from functools import partial
from itertools import islice
from pathlib import Path
from statistics import median
from tempfile import TemporaryDirectory
from urllib.parse import urlencode
from zoneinfo import ZoneInfo

from benchmarks import month
from benchmarks.figure import Counterpart, Effort, Figure
from ccotel_tui.panels.catalogue import PANELS
from ccotel_tui.panels.panel import Panel
from ccotel_tui.panels.result import answer_panels
from ccotel_tui.query.query import Scope, UsageQuery
from ccotel_tui.query.sessions import sessions_of
from ccotel_tui.query.source import Backend
from ccotel_tui.query.stack.backend import open_stack
from ccotel_tui.query.window import DAY, Window
from ccotel_tui.send import replay
from ccotel_tui.telemetry.encode import logs_request, metrics_request
from ccotel_tui.telemetry.records import Event, Point, Record
from tests.servers.servers import ServerError, Stack, read

_USERS, _SESSIONS, _EVENTS = 50, 1_500, 150_000
_AT_ONCE = 1_000
_SUM = (
    'sum(sum_over_time({service_name="claude-code"} '
    '| event_name="api_request" | unwrap cost_usd [30d]))'
)

Ask = Callable[[Backend], object]


def team(effort: Effort) -> Iterator[Figure]:
    """Every question with nothing known yet. Raises ServerError without the servers."""
    rounds = max(3, effort.rounds // 3)
    to_ns = time.time_ns() // 1_000_000 * 1_000_000
    window = Window.between(to_ns - 30 * DAY, to_ns, ZoneInfo("UTC"))
    with TemporaryDirectory() as folder, Stack(Path(folder)) as servers:
        if servers.loki is None:
            raise ServerError("loki is missing: CCOTEL_TEST_LOKI names its binary")
        replay.send(_lines(to_ns), servers.collector.grpc)
        servers.settle()
        urls = servers.prometheus.url, servers.loki.url
        first, *_ = PANELS
        asked: dict[str, tuple[str, Ask]] = {
            f"first panel, {first.id}": ("first panel of a team", _panels([first], window)),
            "all panels": ("panels of a team", _panels(PANELS, window)),
            "sessions": ("sessions of a team", lambda it: sessions_of(it.source, window, Scope())),
            "usage by user": (
                "usage of a team",
                lambda it: it.usage.cells(UsageQuery(("user.id",)), window, Scope()),
            ),
            **{panel.id: ("", _panels([panel], window)) for panel in PANELS},
        }
        for name, (limit, ask) in asked.items():
            yield _beside_sum(name, limit, ask, urls, window, rounds if limit else 1)


def _beside_sum(
    name: str, limit: str, ask: Ask, urls: tuple[str, str], window: Window, rounds: int
) -> Figure:
    """The question and the plain sum in turns."""
    sums: list[float] = []
    taken: list[float] = []
    for _ in range(rounds):
        sums.append(_seconds(partial(_plain_sum, urls[1], window.to_ns)))
        with closing(open_stack(*urls, polling=True)) as backend:
            taken.append(_seconds(partial(ask, backend)))
    counterpart = Counterpart("a plain sum", median(sums) * 1000)
    return Figure(f"{name}, asked first", median(taken) * 1000, "ms", counterpart, limit)


def _panels(panels: list[Panel] | tuple[Panel, ...], window: Window) -> Ask:
    def ask(backend: Backend) -> None:
        for answer in answer_panels(panels, backend, window, Scope(), window.to_ns).values():
            if answer.state == "error":
                raise ServerError(answer.notes[0])

    return ask


def _plain_sum(loki_url: str, to_ns: int) -> None:
    read(f"{loki_url}/loki/api/v1/query?{urlencode({'query': _SUM, 'time': to_ns})}")


def _lines(to_ns: int) -> Iterator[replay.Line]:
    records = map(_of_a_user, month.records(_EVENTS, to_ns, _EVENTS // _SESSIONS))
    while batch := list(islice(records, _AT_ONCE)):
        at = batch[-1].time_ns
        yield replay.Line(logs_request(each for each in batch if isinstance(each, Event)), at)
        yield replay.Line(metrics_request(each for each in batch if isinstance(each, Point)), at)


def _of_a_user(record: Record) -> Record:
    """The record of a session as that of one of the team."""
    user = int(str(record.attributes["session.id"])[:8], 16) % _USERS
    return replace(record, attributes={**record.attributes, "user.id": f"user-{user}"})


def _seconds(run: Callable[[], object]) -> float:
    began = time.perf_counter()
    run()
    return time.perf_counter() - began
