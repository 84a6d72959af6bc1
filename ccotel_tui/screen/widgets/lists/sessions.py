"""Sessions as lines; Enter makes everything about the marked one, or mends that it is silent."""

import json
from collections.abc import Sequence
from dataclasses import asdict

from textual.app import ComposeResult
from textual.content import Content
from textual.widgets import OptionList

from ccotel_tui.claude.destination import Unheard
from ccotel_tui.screen.data.snapshot import Snapshot
from ccotel_tui.screen.format.sessions import lines as session_lines
from ccotel_tui.screen.format.sessions.lines import Session
from ccotel_tui.screen.format.sessions.order import matching_sessions, ordered, sort_sessions
from ccotel_tui.screen.format.sessions.unheard import matching_unheard, unheard_line
from ccotel_tui.screen.format.usage.lines import lines_of_parts, part_columns
from ccotel_tui.screen.messages import SessionChosen, UnheardChosen
from ccotel_tui.screen.widgets.lists.paged import PagedList
from ccotel_tui.screen.widgets.lists.table import ABOVE_ROWS, TableList
from ccotel_tui.screen.widgets.text_lines import Lines


class SessionList(TableList):
    """The sessions that wait and run first, or all in the order of a column.

    Those that run and are not heard stand below who waits, each with the reason.
    """

    ORDERS = (
        *("now", "cost", "tokens", "cache", "errors", "last", "started", "took", "prompts"),
        *("session", "project", "user", "model"),
    )

    def __init__(self) -> None:
        super().__init__()
        self._filter = ""
        self._snapshot: Snapshot | None = None
        self._sessions: Sequence[Session] = ()
        self._listed: Sequence[Session | Unheard] = ()

    def compose(self) -> ComposeResult:
        yield from super().compose()
        yield Lines(classes="parts")

    def show(self, snapshot: Snapshot) -> None:
        self._snapshot = snapshot
        self.fill()

    def show_matching(self, text: str) -> None:
        """List only the sessions that the text fits; all where it is empty."""
        self._filter = text
        self.fill()

    def copied(self, *, as_json: bool) -> str:
        """The marked session's id, or what is known of it as one JSON document."""
        marked = self.query_one(PagedList).marked
        row = next((s.row for s in self._sessions if s.row.session_id == marked), None)
        if row is None:
            return ""
        return json.dumps(asdict(row)) if as_json else row.session_id

    def on_option_list_option_selected(self, event: OptionList.OptionSelected) -> None:
        event.stop()
        match self._listed[event.option_index]:
            case Session() as session:
                self.post_message(SessionChosen(session.row.session_id))
            case unheard:
                self.post_message(UnheardChosen(unheard))

    def on_option_list_option_highlighted(self, event: OptionList.OptionHighlighted) -> None:
        event.stop()
        self._show_parts()

    def fill(self) -> None:
        width, snapshot = self.size.width - 1, self._snapshot
        if width < 1 or snapshot is None:
            return
        every = ordered(snapshot.sessions, snapshot.running, snapshot.first_prompts)
        self._sessions = sort_sessions(matching_sessions(every, self._filter), self._order)
        table = session_lines.session_table(
            self._sessions,
            width,
            snapshot.now_ns,
            self._order,
            snapshot.window,
            snapshot.team.is_several,
        )
        heading = session_lines.sessions_heading(
            every, width, snapshot, self._filter and f"{len(self._sessions):,}"
        )
        # Who waits comes first; in any other order they have no place of their own.
        place = sum(session.status == "waiting" for session in self._sessions)
        if self._order != self.ORDERS[0]:
            place = len(self._sessions)
        unheard = matching_unheard(snapshot.unheard, self._filter)
        self._listed = [*self._sessions[:place], *unheard, *self._sessions[place:]]
        lines = [unheard_line(each, width) for each in unheard]
        table = table._replace(lines=[*table.lines[:place], *lines, *table.lines[place:]])
        self.put(table, list(map(_id, self._listed)), heading)
        self._show_parts()

    def _show_parts(self) -> None:
        """Show what the marked session is made of below the sessions, where that was asked."""
        rows, snapshot = self.query_one(PagedList), self._snapshot
        marked = next((s for s in self._sessions if s.row.session_id == rows.marked), None)
        shown: list[Content] = []
        if snapshot and snapshot.usage and marked:
            key = (marked.row.session_id,)
            usage = next((row for row in snapshot.usage.usage.rows if row.keys == key), None)
            width, named = self.size.width - 1, 1
            room = self.size.height - ABOVE_ROWS - len(self._listed) - named
            if usage:
                shown = lines_of_parts(snapshot, usage, marked.name, width, "cost", room)
            if shown:
                blank_and_heading = 2
                shown.insert(blank_and_heading, part_columns(width, snapshot.window))
        rows.styles.height = len(self._listed) if shown else "1fr"
        self.query_one(".parts", Lines).show(shown)


def _id(listed: Session | Unheard) -> str:
    return listed.row.session_id if isinstance(listed, Session) else listed.session_id
