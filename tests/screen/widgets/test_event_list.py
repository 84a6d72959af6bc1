"""A list of events that is followed: only lines that change are made anew."""

import pytest
from textual.app import App, ComposeResult
from textual.content import Content

from ccotel_tui.query.query import EventRow
from ccotel_tui.query.window import Window
from ccotel_tui.screen.format.events.groups import LogEntry
from ccotel_tui.screen.format.events.lines import EventTable
from ccotel_tui.screen.widgets.lists.events import EventList
from tests.screen.views.test_event_log import WINDOW, printed, row


class Listed(App[None]):
    def compose(self) -> ComposeResult:
        yield EventList()


@pytest.fixture
def made(monkeypatch: pytest.MonkeyPatch) -> list[LogEntry]:
    """The entries whose lines were made."""
    entries = []
    make = EventTable.line

    def line(table: EventTable, entry: LogEntry, window: Window) -> Content:
        entries.append(entry)
        return make(table, entry, window)

    monkeypatch.setattr(EventTable, "line", line)
    return entries


def shown(events: EventList) -> list[str]:
    return [str(option.prompt).rstrip() for option in events.options]


async def test_only_lines_that_change_are_made_anew(made: list[LogEntry]) -> None:
    rows: list[EventRow] = [
        row("api_request", at, model="claude-opus-4-8", cost_usd=0.002, event_sequence=at)
        for at in range(20)
    ]
    async with Listed().run_test(size=(80, 24)) as pilot:
        events = pilot.app.screen.query_one(EventList)
        events.show(rows, WINDOW)
        assert len(made) == 20
        rows.append(row("tool_result", 20, tool_name="Bash", success=True, event_sequence=20))
        rows[3] = {**rows[3], "cost_usd": 0.001}
        made.clear()
        events.show(rows, WINDOW)
        assert [entry.row["event_sequence"] for entry in made] == [3, 20]
        assert shown(events) == printed(rows, 79)


async def test_a_dollar_among_fractions_of_a_cent_makes_all_anew() -> None:
    rows = [row("api_request", 1, model="m", cost_usd=0.002)]
    async with Listed().run_test(size=(80, 24)) as pilot:
        events = pilot.app.screen.query_one(EventList)
        events.show(rows, WINDOW)
        rows.append(row("api_request", 2, model="m", cost_usd=5.0))
        events.show(rows, WINDOW)
        assert shown(events) == printed(rows, 79)
