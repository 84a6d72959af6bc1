"""The number of SQL statements follows from what is asked, never from how much is kept."""

from collections.abc import Callable, Iterator
from contextlib import closing
from pathlib import Path
from threading import Event
from zoneinfo import ZoneInfo

import pytest

from ccotel_tui.line.glance import glance
from ccotel_tui.line.shown import Recording
from ccotel_tui.panels.catalogue import PANELS
from ccotel_tui.panels.result import answer_panels
from ccotel_tui.query.embedded.backend import open_embedded
from ccotel_tui.query.embedded.diagnostics import EmbeddedDiagnostics
from ccotel_tui.query.embedded.reader import StoreReader
from ccotel_tui.query.embedded.source import EmbeddedSource
from ccotel_tui.query.query import Scope
from ccotel_tui.query.reconcile import reconcile
from ccotel_tui.query.sessions import sessions_of
from ccotel_tui.query.source import Backend
from ccotel_tui.query.window import DAY, HOUR, MINUTE, Window
from ccotel_tui.telemetry.conventions import COST
from ccotel_tui.telemetry.records import Point, Record
from tests.store.reading import fill
from tests.tools.otlp import T0, event, request

MOST = 60
"""Statements of any command."""

FEW, MANY = 4, 60
"""Sessions of each kind."""

NOW = T0 + 2 * DAY
UTC = ZoneInfo("UTC")
WINDOW = Window.between(NOW - 30 * DAY, NOW, UTC)


def _counted(dollars: float, at: int, session: str) -> Point:
    attributes = {"session.id": session, "model": "m", "query_source": "main"}
    return Point(at, at - MINUTE, "claude-code", COST, "USD", False, dollars, attributes)


def _records(sessions: int) -> Iterator[Record]:
    """Sessions that lost events, spent unseen, have counters only, or sent prompts themselves."""
    for number in range(sessions):
        at = T0 + number * 10 * MINUTE
        for sequence in (0, 1, 5):
            yield request(1.0, at + sequence, f"lost-{number}", sequence)
        yield _counted(5.0, at + 9, f"lost-{number}")
        yield _counted(1.0, at + 9, f"alone-{number}")
        background = {"session": f"agent-{number}", "prompt.id": f"p{number}"}
        yield event("subagent_completed", at, is_async="true", agent_id=f"a{number}", **background)
        yield event("user_prompt", at + 1, prompt="<REDACTED>", **background)
        yield event("tool_result", at + 2, tool_name=f"tool-{number}", **background)


def _panels(backend: Backend) -> None:
    answer_panels(PANELS, backend, WINDOW, Scope(), NOW)
    reconcile(backend, WINDOW, Scope(), NOW)


COMMANDS: dict[str, Callable[[Backend], object]] = {
    "panels": _panels,
    "sessions": lambda backend: sessions_of(backend.source, WINDOW, Scope()),
    "reconcile": lambda backend: reconcile(backend, WINDOW, Scope(), NOW),
    "events": lambda backend: backend.source.rows((), WINDOW, Scope(), 200),
    "line": lambda backend: glance(backend, NOW, UTC, Recording),
}


def _statements(path: Path, command: Callable[[Backend], object]) -> tuple[int, int]:
    """How many statements a new source runs for the first asking, and how many for the second."""
    statements: list[str] = []
    with closing(StoreReader(path, Event())) as reader:
        backend = Backend(
            "embedded",
            EmbeddedSource(reader),
            EmbeddedDiagnostics(reader),
            run_together=reader.run_in_snapshot,
        )
        with reader.snapshot() as connection:
            connection.set_trace_callback(statements.append)
        command(backend)
        first = len(statements)
        command(backend)
    return first, len(statements) - first


@pytest.fixture(scope="module")
def stores(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Path]:
    few, many = (tmp_path_factory.mktemp("growth") / name for name in ("few.db", "many.db"))
    fill(few, _records(FEW))
    fill(many, _records(MANY))
    return few, many


@pytest.mark.parametrize("command", COMMANDS)
def test_statements_do_not_grow_with_sessions(stores: tuple[Path, Path], command: str) -> None:
    few, many = (_statements(path, COMMANDS[command]) for path in stores)
    assert few == many
    assert max(many) <= MOST


def test_every_session_has_its_own_numbers(stores: tuple[Path, Path]) -> None:
    _, path = stores
    with closing(open_embedded(path)) as backend:
        lost = [f"lost-{number}" for number in range(MANY)]
        assert backend.diagnostics.lost_events([*lost, "alone-1"], WINDOW) == dict.fromkeys(
            lost, 3
        ) | {"alone-1": 0}
        assert backend.diagnostics.unrecorded_cost([*lost, "alone-1"], NOW - HOUR) == pytest.approx(
            2.0 * MANY
        )
        causes = {one.cause for one in reconcile(backend, WINDOW, Scope(), NOW).of("differs")}
        assert causes == {"Events of it that were sent and not received: 3."}
