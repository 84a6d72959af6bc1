"""A fault of this program in what one panel asks is that panel's error, and no other's."""

from collections.abc import Iterable, Iterator
from contextlib import closing
from dataclasses import replace
from pathlib import Path

import pytest

from ccotel_tui.panels.catalogue import PANELS
from ccotel_tui.panels.result import PanelAnswer, answer_panels
from ccotel_tui.query.embedded.backend import open_embedded
from ccotel_tui.query.measures import LINES, PERSON_ACTIVITY
from ccotel_tui.query.period import Period
from ccotel_tui.query.query import Answer, Query, Scope
from ccotel_tui.query.source import Backend
from ccotel_tui.query.window import HOUR, Window
from ccotel_tui.screen.data import refresher
from ccotel_tui.screen.data.snapshot import Question
from ccotel_tui.store.database import Database
from tests.query.passing import Passing
from tests.screen.tools.running import NOW, SEOUL, dashboard
from tests.screen.tools.snapshots import snapshot_reader
from tests.tools.otlp import lines, request

WINDOW = Window.between(NOW - HOUR, NOW + 1, SEOUL)
QUESTION = Question("all", "embedded", PANELS, Period(), Scope(), sessions=True, present=True)


class FaultySource(Passing):
    """The store, asked by a program that cannot divide where lines of code are asked for."""

    faulty_measures = [LINES]

    def numbers(
        self, queries: Iterable[Query], window: Window, scope: Scope
    ) -> dict[Query, Answer]:
        queries = list(queries)
        if any(query.measure in self.faulty_measures for query in queries):
            raise ZeroDivisionError("division by zero")
        return super().numbers(queries, window, scope)


@pytest.fixture
def store(tmp_path: Path) -> Path:
    with closing(Database(tmp_path / "telemetry.db")) as database:
        database.append([request(1.25), lines(10)])
    return tmp_path


@pytest.fixture
def faulty(store: Path) -> Iterator[Backend]:
    with closing(open_embedded(store / "telemetry.db")) as backend:
        yield replace(backend, source=FaultySource(backend.source))


def without_line_panels(answers: dict[str, PanelAnswer]) -> dict[str, PanelAnswer]:
    return {id: one for id, one in answers.items() if id not in ("lines_of_code", "code_changes")}


def test_only_the_panel_that_asks_so_is_an_error(faulty: Backend, tmp_path: Path) -> None:
    answers = answer_panels(PANELS, faulty, WINDOW, Scope(), NOW)
    for id in ("lines_of_code", "code_changes"):
        assert answers[id].state == "error"
        assert "ZeroDivisionError: division by zero" in answers[id].notes[0]
        assert "try again" in answers[id].notes[0]
    with closing(open_embedded(tmp_path / "telemetry.db")) as sound:
        expected = answer_panels(PANELS, sound, WINDOW, Scope(), NOW)
    assert without_line_panels(answers) == without_line_panels(expected)


def test_a_snapshot_goes_on_without_that_panel(faulty: Backend, tmp_path: Path) -> None:
    snapshot = snapshot_reader(tmp_path).read(QUESTION, faulty, NOW)
    assert not snapshot.failure
    assert [row.cost for row in snapshot.sessions] == [1.25]
    assert snapshot.answers["lines_of_code"].state == "error"


def test_what_fails_beside_the_panels_leaves_them(
    faulty: Backend, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(*_: object) -> None:
        raise RuntimeError("no sessions")

    monkeypatch.setattr("ccotel_tui.screen.data.snapshot_reader.sessions_of", fail)
    snapshot = snapshot_reader(tmp_path).read(QUESTION, faulty, NOW)
    assert "RuntimeError: no sessions" in snapshot.failure
    assert snapshot.answers["total_cost"].value == 1.25


class DeafSource(Passing):
    """A source that in time does not even tell of its newest record."""

    deaf = False

    def last_record_ns(self, now_ns: int) -> int | None:
        if self.deaf:
            raise RuntimeError("deaf")
        return super().last_record_ns(now_ns)


async def test_what_fails_while_news_is_looked_for_is_told(
    faulty: Backend, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(refresher, "NEWS_POLL_INTERVAL", 0.05)
    backend = open_embedded(tmp_path / "telemetry.db")
    deaf = DeafSource(backend.source)
    async with dashboard(
        tmp_path, (120, 40), backend=replace(backend, source=deaf, changes=None)
    ) as running:
        await running.until("$1.25")
        deaf.deaf = True
        await running.until("RuntimeError: deaf")
        assert "Keys" in await running.press("question_mark")


async def test_keys_are_heard_and_the_panel_recovers(faulty: Backend, tmp_path: Path) -> None:
    async with dashboard(tmp_path, (120, 40), backend=faulty) as running:
        await running.until("$1.25")
        await running.press("5")
        await running.until("ZeroDivisionError")
        assert "Keys" in await running.press("question_mark")
        await running.press("escape")
        assert isinstance(faulty.source, FaultySource)
        faulty.source.faulty_measures = [PERSON_ACTIVITY]
        await running.press("r")
        await running.until("The client counts one line more")
        assert "ZeroDivisionError" not in running.screen


def divide(*_: object, **__: object) -> None:
    raise ZeroDivisionError("division by zero")


PAGES = {
    "usage": ("ccotel_tui.query.usage.detail.usages_of", "d"),
    "events": ("ccotel_tui.screen.data.snapshot_reader.fetch_log_page", "e"),
    "session": ("ccotel_tui.screen.data.history.session_events.SessionEvents.read", "s enter"),
    "sessions": ("ccotel_tui.claude.session_registry.SessionRegistry.read", "s"),
}


@pytest.mark.parametrize("page", PAGES)
async def test_a_page_that_cannot_be_read_says_why(
    store: Path, monkeypatch: pytest.MonkeyPatch, page: str
) -> None:
    faulty_function, keys = PAGES[page]
    async with dashboard(store, (120, 40)) as running:
        await running.until("$1.25")
        monkeypatch.setattr(faulty_function, divide)
        for key in keys.split():
            await running.press(key)
            await running.at_rest()
        assert "ZeroDivisionError: division by zero" in await running.at_rest()
        assert "Keys" in await running.press("question_mark")
        await running.press("escape")
        monkeypatch.undo()
        await running.press("r")
        assert "ZeroDivisionError" not in await running.at_rest()


@pytest.mark.parametrize(
    "function",
    [
        "ccotel_tui.query.usual.past.PastReader.read_more",
        "ccotel_tui.query.status_line.reading.StatusLineReader.read",
    ],
)
async def test_what_stands_beside_the_numbers_is_absent_where_it_cannot_be_read(
    store: Path, monkeypatch: pytest.MonkeyPatch, function: str
) -> None:
    monkeypatch.setattr(function, divide)
    async with dashboard(store, (120, 40)) as running:
        assert "$1.25" in await running.at_rest()
        assert "ZeroDivisionError" not in running.screen
        assert "Keys" in await running.press("question_mark")
        await running.press("escape")
        monkeypatch.undo()
        await running.press("r")
        assert "$1.25" in await running.at_rest()
