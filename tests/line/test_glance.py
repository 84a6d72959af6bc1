"""The one line: what it says, at any width, and where the numbers come from."""

import json
import subprocess
import sys
import time
from collections.abc import Iterable
from contextlib import closing
from dataclasses import replace
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest

from ccotel_tui.line.glance import glance
from ccotel_tui.line.recording import recording_in
from ccotel_tui.line.shown import Glance, Recording, data_state
from ccotel_tui.query.embedded.backend import open_embedded
from ccotel_tui.query.query import Answer, Query, Scope
from ccotel_tui.query.window import HOUR, MINUTE, Window
from ccotel_tui.recorder.health import CLOCK_MOVED, health_of
from ccotel_tui.recorder.state import RecorderState, state_line
from ccotel_tui.store.database import Database
from tests.query.passing import Passing
from tests.recorder.test_state import STATE
from tests.tools.otlp import T0, event, request

SEOUL = ZoneInfo("Asia/Seoul")
STATUS_LINE = (Path(__file__).parents[1] / "data" / "statusline.json").read_text()
SEEN = Glance("3f2a", 4.12, 6.1, 18.4, "live")


def filled(path: Path, now_ns: int) -> Path:
    with closing(Database(path)) as database:
        database.append(
            [
                request(8.0, at=now_ns - 30 * HOUR, session="s1"),
                request(2.0, at=now_ns - 20 * MINUTE, session="s1", sequence=1),
                request(0.5, at=now_ns - 9 * MINUTE, session="s2"),
                request(0.25, at=now_ns - MINUTE, session="s1", sequence=2),
            ]
        )
    return path


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return filled(tmp_path / "telemetry.db", T0)


@pytest.fixture
def recent(tmp_path: Path) -> Path:
    """The same, up to a minute ago by the clock that a command goes by."""
    return filled(tmp_path / "recent.db", time.time_ns())


def test_the_session_the_last_ten_minutes_and_the_local_day(path: Path) -> None:
    backend = open_embedded(path)
    seen = glance(backend, T0, SEOUL, Recording)
    backend.close()
    assert (seen.session_id, seen.session) == ("s1", 10.25)
    assert seen.burn == 0.75 * 6
    assert seen.today == 2.75
    assert seen.state == "live"


def test_what_claude_code_says_of_its_session_goes_first(path: Path) -> None:
    backend = open_embedded(path)
    seen = glance(backend, T0, SEOUL, Recording, "elsewhere", 99.5)
    backend.close()
    assert (seen.session_id, seen.session) == ("elsewhere", 99.5)


def test_a_cost_that_no_request_told_is_absent_and_without_a_request_it_is_0(
    tmp_path: Path,
) -> None:
    path = tmp_path / "costless.db"
    with closing(Database(path)) as database:
        database.append([event("api_request", T0 - HOUR, "s1", model="m")])
    with closing(open_embedded(path)) as backend:
        seen = glance(backend, T0, SEOUL, Recording)
        assert (seen.session_id, seen.session, seen.burn, seen.today) == ("s1", None, 0.0, None)
        other = glance(backend, T0, SEOUL, Recording, scope=Scope(model="other"))
        assert (other.burn, other.today) == (0.0, 0.0)


def test_before_the_first_event_nothing_is_known(tmp_path: Path) -> None:
    backend = open_embedded(tmp_path / "none.db")
    seen = glance(backend, T0, SEOUL, Recording)
    backend.close()
    assert (seen.session, seen.burn, seen.today, seen.state) == (None, None, None, "waiting")
    assert seen.line(0) == "– session  –/h  – today  waiting"


@pytest.mark.parametrize(
    ("heard", "wrong", "said"),
    [
        (T0, "", "live"),
        (T0 - 12 * MINUTE, "", "quiet 12m"),
        (T0, "not stored (disk full)", "not stored (disk full)"),
        (None, "", "waiting"),
    ],
)
def test_the_state_of_the_data(heard: int | None, wrong: str, said: str) -> None:
    assert data_state(heard, T0, wrong) == said


class GuessedLongAgo(Passing):
    """A store whose counters of more than ten minutes do not tell when they began."""

    def numbers(
        self, queries: Iterable[Query], window: Window, scope: Scope
    ) -> dict[Query, Answer]:
        exact = window.from_ns >= T0 - 10 * MINUTE
        answers = super().numbers(queries, window, scope)
        return {
            query: tuple(series._replace(exact=exact) for series in answer)
            for query, answer in answers.items()
        }


def test_dollars_of_counters_whose_restarts_are_guessed_are_marked(path: Path) -> None:
    with closing(open_embedded(path)) as backend:
        guessing = replace(backend, source=GuessedLongAgo(backend.source))
        seen = glance(guessing, T0, SEOUL, Recording)
        by_client = glance(guessing, T0, SEOUL, Recording, "s1", 10.25)
    assert seen.approximate == ("session", "today")
    assert seen.line(0) == "~$10.25 session  $4.50/h  ~$2.75 today  live"
    assert "restarts are guessed" in (seen.notice or "")
    assert by_client.approximate == ("today",)


def test_what_is_to_be_known_of_the_recorder_is_told_beside_the_state(path: Path) -> None:
    backend = open_embedded(path)
    moved = Recording(brief="clock moved", notice="The clock moved by 21 d.")
    seen = glance(backend, T0, SEOUL, lambda: moved)
    backend.close()
    assert (seen.state, seen.notice) == ("live, clock moved", "The clock moved by 21 d.")


@pytest.mark.parametrize(
    ("width", "said"),
    [
        (0, "$4.12 session  $6.10/h  $18.40 today  live"),
        (42, "$4.12 session  $6.10/h  $18.40 today  live"),
        (41, "$4.12  $6.10/h  $18.40 today  live"),
        (30, "$4.12  $18.40 today  live"),
        (20, "$4.12  $18.40  live"),
        (14, "$4.12  $18.40"),
        (5, "$4.12"),
    ],
)
def test_what_matters_least_goes_first(width: int, said: str) -> None:
    assert SEEN.line(width) == said


COMMAND = [sys.executable, "-m", "ccotel_tui", "line", "--source", "embedded"]


def run(path: Path, *words: str, stdin: str = "") -> subprocess.CompletedProcess[str]:
    command = [*COMMAND, "--db", str(path), *words]
    return subprocess.run(command, capture_output=True, text=True, input=stdin)


def test_the_status_line_of_claude_code_is_read_from_stdin(path: Path) -> None:
    told = json.loads(STATUS_LINE)
    done = run(path, "--json", stdin=STATUS_LINE)
    seen = json.loads(done.stdout)
    assert seen["session_id"] == told["session_id"]
    assert seen["session"] == told["cost"]["total_cost_usd"]
    assert seen["state"] == "not recording"


@pytest.mark.parametrize(
    ("stdin", "session_id", "session"),
    [
        ("{}", "s1", 10.25),
        ('{"session_id": null, "cost": null}', "s1", 10.25),
        ('{"session_id": 7, "cost": {"total_cost_usd": "1"}}', "s1", 10.25),
        ('{"session_id": "s2", "cost": {"total_cost_usd": null}}', "s2", 0.5),
        ('{"session_id": "s2", "cost": {"total_cost_usd": true}}', "s2", 0.5),
        ('{"session_id": "s2", "cost": {"total_cost_usd": NaN}}', "s2", 0.5),
        ('{"session_id": "s2", "cost": 3}', "s2", 0.5),
        ('{"session_id": "s2", "cost": {"total_cost_usd": 3}}', "s2", 3),
        ('{"session_id": "", "cost": {"total_cost_usd": 3}}', None, 3),
        ('{"session_id": "a0000000-c2", "cost": {"total_cost_usd": null}}', "a0000000-c2", None),
    ],
)
def test_what_the_status_line_does_not_say_is_looked_up(
    recent: Path, stdin: str, session_id: str | None, session: float | None
) -> None:
    done = run(recent, "--json", stdin=stdin)
    assert done.returncode == 0, done.stderr
    seen = json.loads(done.stdout)
    assert (seen["session_id"], seen["session"]) == (session_id, session)


@pytest.mark.parametrize(
    ("words", "session_id", "session"),
    [
        (("--session", "s2"), "s2", 0.5),
        (("--session", "current"), "s1", 10.25),
        (("--model", "no such"), None, None),
    ],
)
def test_it_is_of_the_scope(
    recent: Path, words: tuple[str, ...], session_id: str | None, session: float | None
) -> None:
    done = run(recent, "--json", *words)
    assert done.returncode == 0, done.stderr
    seen = json.loads(done.stdout)
    assert (seen["session_id"], seen["session"]) == (session_id, session)
    assert seen["burn"] == {"s2": 3.0, "s1": 4.5, None: 0.0}[session_id]


def test_a_session_that_is_named_goes_before_the_status_line_s(recent: Path) -> None:
    told = run(recent, "--json", "--session", "s2", stdin=STATUS_LINE)
    seen = json.loads(told.stdout)
    assert (seen["session_id"], seen["session"]) == ("s2", 0.5)


def test_a_silent_stdin_is_not_waited_for(path: Path) -> None:
    command = [*COMMAND, "--db", str(path)]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE) as line:
        # Its end of file comes after the line, which therefore did not wait for it.
        assert line.stdout is not None
        assert line.stdout.read().endswith(b"not recording\n")
        assert line.wait() == 0


def test_a_format_of_ones_own(path: Path) -> None:
    assert run(path, "--format", "[{session}] {state}").stdout == "[$10.25] not recording\n"


@pytest.mark.parametrize(
    ("words", "stdin", "status", "said"),
    [
        (("--format", "{nope}"), "", 2, "there is {session}"),
        ((), "not json", 1, "not Claude Code's status line"),
        ((), "[1]", 1, "not Claude Code's status line"),
        ((), "{} {}", 1, "not Claude Code's status line"),
    ],
)
def test_what_cannot_be_read_is_said(
    path: Path, words: tuple[str, ...], stdin: str, status: int, said: str
) -> None:
    done = run(path, *words, stdin=stdin)
    assert (done.returncode, done.stdout) == (status, "")
    assert said in done.stderr


def test_the_line_imports_none_of_the_big_libraries(path: Path) -> None:
    code = (
        "import sys\n"
        f"sys.argv = ['ccotel-tui', 'line', '--db', {str(path)!r},\n"
        "  '--prometheus-url', 'http://127.0.0.1:1']\n"
        "from ccotel_tui.cli import main\n"
        "try: main()\n"
        "except SystemExit: pass\n"
        "big = {'textual', 'grpc', 'docker', 'aiohttp', 'asyncio', 'urllib3', 'google.protobuf'}\n"
        "print(big & set(sys.modules))\n"
    )
    done = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, stdin=subprocess.DEVNULL
    )
    assert done.stdout.splitlines()[-1] == "set()", done.stderr


@pytest.mark.parametrize("part", RecorderState._fields)
def test_a_recorder_is_told_of_as_its_health_says(part: str) -> None:
    values = STATE._replace(silent=12.0)
    state = RecorderState()._replace(**{part: getattr(values, part)})
    health = health_of(state)
    brief = CLOCK_MOVED if health.clock_moved else ""
    said = Recording(health.wrong, brief, " ".join([health.cause, *health.notices]).strip())
    assert recording_in(json.loads(state_line(state))) == said
