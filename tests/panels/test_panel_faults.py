"""A fault of this program in what one panel asks is that panel's error, and no other's."""

from collections.abc import Iterable, Iterator
from contextlib import closing
from pathlib import Path

import pytest

from ccotel_tui.panels.catalogue import PANELS
from ccotel_tui.panels.result import PanelAnswer, answer_panels
from ccotel_tui.query.embedded.source import EmbeddedSource
from ccotel_tui.query.measures import LINES, PERSON_ACTIVITY
from ccotel_tui.query.period import Period
from ccotel_tui.query.query import Answer, Query, Scope
from ccotel_tui.query.window import HOUR, Window
from ccotel_tui.screen.data import refresher
from ccotel_tui.screen.data.snapshot import Question, fetch_snapshot
from ccotel_tui.store.database import Database
from tests.otlp import lines, request
from tests.screen.running import NOW, SEOUL, dashboard

WINDOW = Window.between(NOW - HOUR, NOW + 1, SEOUL)
QUESTION = Question("all", "embedded", PANELS, Period(), Scope(), sessions=True, present=True)


class Faulty(EmbeddedSource):
    """The store, asked by a program that cannot divide where lines of code are asked for."""

    faulty_measures = [LINES]

    def numbers(self, asks: Iterable[Query], window: Window, scope: Scope) -> dict[Query, Answer]:
        asks = list(asks)
        if any(ask.measure in self.faulty_measures for ask in asks):
            raise ZeroDivisionError("division by zero")
        return super().numbers(asks, window, scope)


@pytest.fixture
def source(tmp_path: Path) -> Iterator[Faulty]:
    path = tmp_path / "telemetry.db"
    with closing(Database(path)) as database:
        database.append([request(1.25), lines(10)])
    with closing(Faulty(path)) as source:
        yield source


def without_line_panels(answers: dict[str, PanelAnswer]) -> dict[str, PanelAnswer]:
    return {id: one for id, one in answers.items() if id not in ("lines_of_code", "code_changes")}


def test_only_the_panel_that_asks_so_is_an_error(source: Faulty, tmp_path: Path) -> None:
    answers = answer_panels(PANELS, source, WINDOW, Scope(), NOW)
    for id in ("lines_of_code", "code_changes"):
        assert answers[id].state == "error"
        assert "ZeroDivisionError: division by zero" in answers[id].notes[0]
        assert "try again" in answers[id].notes[0]
    with closing(EmbeddedSource(tmp_path / "telemetry.db")) as sound:
        expected = answer_panels(PANELS, sound, WINDOW, Scope(), NOW)
    assert without_line_panels(answers) == without_line_panels(expected)


def test_a_snapshot_goes_on_without_that_panel(source: Faulty) -> None:
    snapshot = fetch_snapshot(QUESTION, source, dict, NOW, SEOUL)
    assert not snapshot.failure
    assert [row.cost for row in snapshot.sessions] == [1.25]
    assert snapshot.answers["lines_of_code"].state == "error"


def test_what_fails_beside_the_panels_leaves_them(
    source: Faulty, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(*_: object) -> None:
        raise RuntimeError("no sessions")

    monkeypatch.setattr("ccotel_tui.screen.data.snapshot.sessions_of", fail)
    snapshot = fetch_snapshot(QUESTION, source, dict, NOW, SEOUL)
    assert "RuntimeError: no sessions" in snapshot.failure
    assert snapshot.answers["total_cost"].value == 1.25


class Deaf(EmbeddedSource):
    """A source that does not tell of news, and in time not even of its newest record."""

    deaf = False

    def version(self) -> int | None:
        return None

    def last_heard(self, now_ns: int) -> int | None:
        if self.deaf:
            raise RuntimeError("deaf")
        return super().last_heard(now_ns)


async def test_what_fails_while_news_is_looked_for_is_told(
    source: Faulty, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(refresher, "LISTEN_EVERY", 0.05)
    deaf = Deaf(tmp_path / "telemetry.db")
    async with dashboard(tmp_path, (120, 40), source=deaf) as running:
        await running.until("$1.25")
        deaf.deaf = True
        await running.until("RuntimeError: deaf")
        assert "Keys" in await running.press("question_mark")


async def test_keys_are_heard_and_the_panel_recovers(source: Faulty, tmp_path: Path) -> None:
    async with dashboard(tmp_path, (120, 40), source=source) as running:
        await running.until("$1.25")
        await running.press("5")
        await running.until("ZeroDivisionError")
        assert "Keys" in await running.press("question_mark")
        await running.press("escape")
        source.faulty_measures = [PERSON_ACTIVITY]
        await running.press("r")
        await running.until("The client counts one line more")
        assert "ZeroDivisionError" not in running.screen
