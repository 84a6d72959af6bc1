"""A Loki that refuses what any refuses whose limits nobody has set."""

import time
from collections.abc import Iterator
from contextlib import closing
from dataclasses import asdict
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
import urllib3

from ccotel_tui.query.embedded.backend import open_embedded
from ccotel_tui.query.query import Scope
from ccotel_tui.query.sessions import sessions_of
from ccotel_tui.query.source import Backend
from ccotel_tui.query.stack.backend import open_stack
from ccotel_tui.query.window import DAY, MINUTE, Window
from ccotel_tui.send.replay import Line
from ccotel_tui.telemetry.encode import logs_request
from ccotel_tui.telemetry.records import Event
from tests.panels.equality import check
from tests.panels.recordings import fill
from tests.panels.servers.test_side_by_side import check_panels, wait_for_missing
from tests.servers.cache import find
from tests.servers.servers import Loki, Prometheus
from tests.tools.otlp import SECOND, Plain, event

pytestmark = pytest.mark.servers

UNSET = (
    "-querier.max-query-series=500",
    "-store.max-query-length=721h",
    "-querier.split-queries-by-interval=1h",
    "-querier.split-instant-metric-queries-by-interval=1h",
    # A busy machine needs longer than the half minute in which a server must have answered.
    "-server.http-write-timeout=10m",
    "-querier.query-timeout=10m",
)
DAYS = 25
A_DAY = 60
"""Sessions: all together are three times as many as one answer may hold."""

SPENT: dict[str, Plain] = {
    "model": "claude-opus-4-8",
    "cost_usd": 0.25,
    "input_tokens": 3,
    "output_tokens": 5,
    "cache_read_tokens": 700,
    "cache_creation_tokens": 11,
}

NEWEST = (time.time_ns() // SECOND - 600) * SECOND
WINDOW = Window.between(NEWEST + MINUTE - 30 * DAY, NEWEST + MINUTE, ZoneInfo("UTC"))


def events() -> Iterator[Event]:
    """Two requests of each session; of every tenth the one between them is missing."""
    for day in range(DAYS):
        for number in range(A_DAY):
            at = NEWEST - (DAYS - 1 - day) * DAY - (A_DAY - 1 - number) * MINUTE - 9 * SECOND
            for place in (0, 1 + (number % 10 == 0)):
                own = {**SPENT, "event.sequence": place, "duration_ms": 100 + number}
                yield event("api_request", at + place * SECOND, f"s{day:02}-{number:02}", **own)


@pytest.fixture(scope="module")
def urls(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[str, str]]:
    if find("loki") is None:
        pytest.skip("no Loki on this machine, and these queries have no recorded answers")
    directory = tmp_path_factory.mktemp("team")
    with (
        Prometheus(directory / "prometheus") as prometheus,
        Loki(directory / "loki", UNSET) as loki,
    ):
        answer = urllib3.request(
            "POST",
            f"{loki.url}/otlp/v1/logs",
            body=logs_request(events()).SerializeToString(),
            headers={"Content-Type": "application/x-protobuf"},
        )
        assert answer.status in (200, 204), answer.data
        yield prometheus.url, loki.url


@pytest.fixture(scope="module")
def embedded(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Backend]:
    path: Path = tmp_path_factory.mktemp("store") / "telemetry.db"
    fill(path, [Line(logs_request(events()), NEWEST)])
    with closing(open_embedded(path)) as backend:
        yield backend


@pytest.mark.slow
def test_more_sessions_than_one_answer_may_hold(
    embedded: Backend, urls: tuple[str, str], monkeypatch: pytest.MonkeyPatch
) -> None:
    # A month in pieces of an hour takes such a Loki longer than a reader waits on a busy machine.
    monkeypatch.setattr("ccotel_tui.query.stack.client.ANSWER_TIMEOUT", 600.0)
    with closing(open_stack(*urls, polling=True)) as backend:
        check_panels(embedded, backend, WINDOW, Scope(), but=("notes", "parts"))
        wait_for_missing(backend, WINDOW)
        check_panels(embedded, backend, WINDOW, Scope())
        ours, theirs = (sessions_of(one.source, WINDOW, Scope()) for one in (embedded, backend))
    assert len(ours) == DAYS * A_DAY
    check([asdict(row) for row in ours], [asdict(row) for row in theirs])


def test_who_was_at_work_weeks_ago(urls: tuple[str, str]) -> None:
    with closing(open_stack(*urls)) as backend:
        current = backend.source.current(NEWEST + 29 * DAY, Scope())
    assert current is not None
    assert current.session_id == f"s{DAYS - 1}-{A_DAY - 1}"
