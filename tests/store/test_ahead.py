"""What is dated after now: never taken for news, always told, and the first to go."""

import json
import subprocess
import sys
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
from google.protobuf.json_format import Parse
from opentelemetry.proto.collector.logs.v1.logs_service_pb2 import ExportLogsServiceRequest

from ccotel_tui.line.glance import glance
from ccotel_tui.line.shown import Recording
from ccotel_tui.panels.catalogue import PANELS
from ccotel_tui.panels.result import answer_panels
from ccotel_tui.query import measures
from ccotel_tui.query.embedded.backend import open_embedded
from ccotel_tui.query.query import Query, Scope
from ccotel_tui.query.source import Backend
from ccotel_tui.query.window import DAY, HOUR, MINUTE, SECOND, Window
from ccotel_tui.recorder.status import status_lines
from ccotel_tui.screen.data.recorder_report import RecorderReport
from ccotel_tui.screen.data.snapshot import Snapshot
from ccotel_tui.screen.format.status import bottom, live_state
from ccotel_tui.store.ahead import SKEW_NS, Ahead
from ccotel_tui.store.database import Database
from ccotel_tui.store.file.connection import connect
from ccotel_tui.store.newest import MOST_AHEAD
from ccotel_tui.telemetry.decode import read_request
from ccotel_tui.telemetry.records import Point
from tests.tools.otlp import T0, event, lines, request

UTC = ZoneInfo("UTC")
FUTURE = Path(__file__).parents[1] / "data" / "cases" / "08-future.json"
YEAR_2096 = 4_003_387_200 * SECOND
TODAY = Window.between(T0 - HOUR, T0, UTC)


def cost(dollars: float, at: int, session: str) -> Point:
    labels = {"session.id": session, "model": "claude-opus-4-8"}
    name = "claude_code.cost.usage"
    return Point(at, at - SECOND, "claude-code", name, "USD", False, dollars, labels)


@pytest.fixture
def backend(database: Database, path: Path) -> Iterator[Backend]:
    with closing(open_embedded(path)) as backend:
        yield backend


@pytest.mark.parametrize(
    ("count", "seconds", "said"),
    [
        (1, 11, "1 record is dated 11 s ahead"),
        (3, 3600, "3 records are dated 1 h ahead"),
        (3, 3590, "3 records are dated 1 h ahead"),
        (3, 1800, "3 records are dated 30 min ahead"),
        (2, 5 * 86_400, "2 records are dated 5 d ahead"),
        (2, 365.25 * 86_400, "2 records are dated 1 year ahead"),
        (MOST_AHEAD, 70 * 365.25 * 86_400, "at least 1,000 records are dated 70 years ahead"),
    ],
)
def test_how_many_and_how_far(count: int, seconds: float, said: str) -> None:
    assert Ahead(count, T0 + int(seconds * SECOND)).sentence(T0) == said


def test_the_newest_record_is_not_after_now(database: Database, backend: Backend) -> None:
    assert backend.source.last_record_ns(T0) is None
    database.append([request(1.0, at=T0 + MINUTE), lines(3, at=T0 + HOUR)])
    assert backend.source.last_record_ns(T0) is None
    database.append([request(1.0, at=T0 - MINUTE), lines(3, at=T0)])
    assert backend.source.last_record_ns(T0) == T0
    assert backend.source.last_record_ns(T0 - 1) == T0 - MINUTE
    assert backend.source.last_record_ns(T0 + DAY) == T0 + HOUR


def test_clocks_differ_by_seconds_without_a_word(database: Database, backend: Backend) -> None:
    database.append([request(1.0, at=T0 + SKEW_NS)])
    assert backend.diagnostics.ahead(T0) is None
    database.append([request(1.0, at=T0 + SKEW_NS + 1), lines(3, at=T0 + HOUR)])
    assert backend.diagnostics.ahead(T0) == Ahead(2, T0 + HOUR)


def test_no_more_are_counted_than_matter(database: Database, backend: Backend) -> None:
    database.append(
        [event("note", at=T0 + HOUR + n) for n in range(MOST_AHEAD + 5)] + [lines(3, at=T0 + DAY)]
    )
    assert backend.diagnostics.ahead(T0) == Ahead(MOST_AHEAD, T0 + DAY)


def test_what_is_ahead_makes_nothing_live(database: Database, backend: Backend) -> None:
    database.append([request(1.0, at=T0 + HOUR)])
    seen = glance(backend, T0, UTC, Recording)
    assert (seen.state, seen.session, seen.today) == ("waiting", None, None)
    assert seen.ahead == "1 record is dated 1 h ahead"
    database.append([request(2.0, at=T0 - 12 * MINUTE, sequence=1)])
    seen = glance(backend, T0, UTC, Recording)
    assert (seen.state, seen.today) == ("quiet 12m", 2.0)


def test_the_panels_say_so(database: Database, backend: Backend) -> None:
    database.append([request(1.0, at=T0 + HOUR), request(2.0, at=T0 - MINUTE, sequence=1)])
    answers = answer_panels(PANELS, backend, TODAY, Scope(), T0)
    assert answers["total_cost"].value == 2.0
    assert {answer.last_heard_ns for answer in answers.values()} == {T0 - MINUTE}
    said = "1 record is dated 1 h ahead: a clock is wrong, the sender's or this machine's."
    assert all(said in answer.notes for answer in answers.values())


def test_the_screen_says_so_where_nothing_is_worse() -> None:
    snapshot = Snapshot(T0, TODAY, heard_ns=T0 - MINUTE, ahead=Ahead(3, T0 + HOUR))
    recording, failed = RecorderReport(True), RecorderReport(False, failure="no disk")
    said = "3 records are dated 1 h ahead"
    assert bottom(snapshot, "embedded", recording, T0) == said
    assert bottom(snapshot, "embedded", recording, T0, "TZ is no zone") == "TZ is no zone"
    assert bottom(snapshot, "embedded", failed, T0) == "no disk"
    only_ahead = Snapshot(T0, TODAY, ahead=Ahead(3, T0 + HOUR))
    assert live_state(only_ahead, True, False, T0).kind == "waiting"


def test_the_recorder_says_so(database: Database, path: Path) -> None:
    database.append([request(1.0, at=T0 + HOUR), request(2.0, at=T0 - MINUTE, sequence=1)])
    *_, newest, ahead = status_lines(path, None, UTC, T0)
    assert newest.startswith("newest record: 20")
    assert ahead == "1 record is dated 1 h ahead"
    *_, newest = status_lines(path, None, UTC, T0 + 2 * HOUR)
    assert newest.startswith("newest record: 20")


def test_the_line_of_a_store_that_only_has_the_future(database: Database, path: Path) -> None:
    database.append(read_request(Parse(FUTURE.read_text(), ExportLogsServiceRequest())).records)
    command = [sys.executable, "-m", "ccotel_tui", "line", "--source", "embedded"]
    command += ["--db", str(path)]
    run = [
        subprocess.run([*command, *words], capture_output=True, text=True, stdin=subprocess.DEVNULL)
        for words in ((), ("--json",))
    ]
    assert [done.returncode for done in run] == [0, 0]
    assert "live" not in run[0].stdout
    assert "1 record is dated" in run[0].stderr
    assert json.loads(run[1].stdout)["ahead"].startswith("1 record is dated")


def test_a_session_that_gets_requests_ceases_to_count_by_its_counters(
    database: Database, backend: Backend
) -> None:
    """Also while a record of the year 2096 is held."""

    def spent() -> float:
        answer = backend.source.numbers([Query(measures.COST)], TODAY, Scope())[
            Query(measures.COST)
        ]
        return sum(number or 0.0 for series in answer for _, number in series.points)

    database.append([request(1.0, at=YEAR_2096, session="future")])
    database.append([cost(4.0, at=T0 - 20 * MINUTE, session="a")])
    assert spent() == 4.0
    database.append([cost(2.0, at=T0 - 10 * MINUTE, session="b")])
    assert spent() == 6.0
    database.append([request(1.5, at=T0 - 5 * MINUTE, session="b")])
    assert spent() == 5.5
    assert backend.source.current(T0, Scope()) is not None


def test_what_is_ahead_goes_first_where_the_file_is_too_large(
    database: Database, backend: Backend, path: Path
) -> None:
    database.append([event("note", at=T0 - n, text=f"{n}" * 100) for n in range(500)])
    database.append([event("note", at=T0 + 2 * DAY + n, text=f"{n}" * 100) for n in range(3000)])
    database.append([event("note", at=T0 + DAY, text="tomorrow"), lines(3, at=YEAR_2096)])
    with closing(connect(path)) as connection:
        (pages,) = connection.execute("PRAGMA page_count").fetchone()
    with closing(Database(path, pages * 4096 // 3)) as smaller:
        while smaller.retain(T0):
            pass
    kept = backend.source.rows((), Window.between(T0 - DAY, T0 + DAY, UTC), Scope(), 10_000)
    assert len(kept) == 501
    gone = Window.between(T0 + DAY, T0 + 3 * DAY, UTC)
    assert 0 < len(backend.source.rows((), gone, Scope(), 10_000)) < 2000
    assert backend.source.last_record_ns(YEAR_2096) != YEAR_2096


def test_what_is_ahead_stays_where_there_is_room(database: Database, backend: Backend) -> None:
    database.append([request(1.0, at=YEAR_2096)])
    assert not database.retain(T0)
    assert backend.diagnostics.ahead(T0) == Ahead(1, YEAR_2096)
