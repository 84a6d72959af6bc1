"""A session's whole life: read page by page until it is whole, with what failed in it."""

from collections.abc import Iterator, Sequence
from pathlib import Path

import pytest

from ccotel_tui.claude.session_registry import SessionRegistry
from ccotel_tui.query.embedded.backend import open_embedded
from ccotel_tui.query.query import EventRow, Scope
from ccotel_tui.query.source import Backend
from ccotel_tui.query.window import DAY, MINUTE, SECOND, Window
from ccotel_tui.screen.data.history import session_events
from ccotel_tui.screen.data.history.session_events import SessionEvents, SessionLife
from ccotel_tui.store.database import Database
from ccotel_tui.telemetry.records import Event
from tests.accuracy.truth.cuts import UTC
from tests.screen.tools.registry import register
from tests.screen.tools.running import NOW, dashboard
from tests.tools.otlp import event, request

LIFE = Window.between(NOW - DAY, NOW, UTC)


@pytest.fixture
def backend(database: Database, tmp_path: Path) -> Iterator[Backend]:
    backend = open_embedded(tmp_path / "telemetry.db")
    yield backend
    backend.close()


@pytest.fixture(autouse=True)
def small_pages(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(session_events, "SESSION_PAGE", 10)


def requests(numbers: Sequence[int], apart_ns: int = SECOND) -> list[Event]:
    """A request a number, so many seconds before now; of three each have one time."""
    return [request(1.0, NOW - n // 3 * apart_ns, sequence=10_000 - n) for n in numbers]


def sequences(rows: Sequence[EventRow]) -> list[int]:
    return [int(row.get("event_sequence") or 0) for row in rows]


def read_whole(history: SessionEvents, backend: Backend) -> SessionLife:
    life = history.read(backend, LIFE, Scope("s1"))
    while life.reads_on:
        life = history.read(backend, LIFE, Scope("s1"))
    return life


@pytest.mark.parametrize("count", [1, 9, 10, 11, 30, 100])
def test_it_is_read_until_it_is_whole(database: Database, backend: Backend, count: int) -> None:
    database.append(requests(range(count)))
    history = SessionEvents()
    life = read_whole(history, backend)
    assert sequences(life.events) == list(range(10_001 - count, 10_001))
    assert not life.cut
    assert sum(prompt.cost or 0.0 for prompt in life.prompts) == count
    # What comes then is there at once, however much it is.
    database.append(request(1.0, NOW, sequence=20_000 + n) for n in range(25))
    life = history.read(backend, LIFE, Scope("s1"))
    life = read_whole(history, backend)
    assert len(life.events) == count + 25
    assert len(read_whole(history, backend).events) == count + 25


def test_events_of_one_time_that_fill_a_page_do_not_hold_it_up(
    database: Database, backend: Backend
) -> None:
    database.append([*requests(range(3)), *requests(range(3, 40), apart_ns=0)])
    assert len(read_whole(SessionEvents(), backend).events) == 40


def test_it_holds_no_more_than_it_may(
    database: Database, backend: Backend, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(session_events, "MOST_OLDER", 30)
    database.append(requests(range(100)))
    life = read_whole(SessionEvents(), backend)
    assert life.cut
    assert len(life.events) < 60
    assert sequences(life.events)[-1] == 10_000


async def test_what_failed_is_listed_with_branch_and_folder(
    database: Database, tmp_path: Path
) -> None:
    branch = {"vcs.ref.head.name": "fix-login"}
    gone = {"error": "Overloaded", "model": "claude-opus-4-8"}
    database.append(
        [
            request(1.25, NOW - 5 * MINUTE, sequence=1),
            event("tool_result", NOW - 4 * MINUTE, tool_name="Bash", success="false", **branch),
            event("api_error", NOW - 3 * MINUTE, status_code="529", **gone),
            event("api_retries_exhausted", NOW - 3 * MINUTE + 1, total_attempts="11", **gone),
            request(1.25, NOW - 2 * MINUTE, sequence=2),
        ]
    )
    register(tmp_path / "sessions", 1, "s1", "busy", name="web-shop", cwd="/home/me/shop")
    registry = SessionRegistry(tmp_path / "sessions", lambda _: "7")
    async with dashboard(tmp_path, registry=registry) as running:
        await running.press("s")
        await running.until("$2.50")
        await running.press("enter")
        shown = (await running.until("! 2 failed ─")).splitlines()
        assert shown[1].split()[:4] == ["web-shop", "shop", "fix-login", "/home/me/shop"]
        assert "! 2 failed" in shown[2]
        heading = next(at for at, line in enumerate(shown) if "! 2 failed ─" in line)
        assert ["Bash" in shown[heading + 1], "529" in shown[heading + 2]] == [True, True]
        await running.pilot.resize_terminal(40, 12)
        assert "failed ─" not in await running.at_rest()


async def test_no_column_is_empty_in_every_row(database: Database, tmp_path: Path) -> None:
    database.append([request(1.25, NOW - 5 * MINUTE)])
    async with dashboard(tmp_path) as running:
        await running.press("s")
        await running.until("$1.25")
        await running.press("enter")
        [header] = [line for line in (await running.until("reqs")).splitlines() if "reqs" in line]
        assert header.split() == ["time▾", "prompt", "cost", "reqs"]
