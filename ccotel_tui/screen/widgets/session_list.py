"""Sessions as lines; Enter makes everything about the marked one."""

import json
from collections.abc import Sequence
from dataclasses import asdict

from textual.app import ComposeResult
from textual.content import Content
from textual.widget import Widget
from textual.widgets import OptionList
from textual.widgets.option_list import Option

from ccotel_tui.screen.data.snapshot import Snapshot
from ccotel_tui.screen.format import session_lines
from ccotel_tui.screen.format.session_lines import Session, ordered
from ccotel_tui.screen.messages import SessionChosen
from ccotel_tui.screen.widgets.paged_list import PagedList
from ccotel_tui.screen.widgets.text_lines import Lines


class SessionList(Widget):
    """A rule with a title, the columns' names, and a line a session."""

    DEFAULT_CSS = """
    SessionList { layout: vertical; }
    SessionList > OptionList, SessionList > OptionList:focus {
        height: 1fr; border: none; padding: 0; background: transparent;
        scrollbar-size-vertical: 1; overflow-x: hidden;
    }
    SessionList .option-list--option { padding: 0; }
    SessionList .option-list--option-highlighted { background: transparent; }
    SessionList OptionList:focus > .option-list--option-highlighted { text-style: reverse; }
    """

    def __init__(self) -> None:
        super().__init__()
        self._snapshot: Snapshot | None = None
        self._sessions: Sequence[Session] = ()
        self._lines: Sequence[Content] = ()

    def compose(self) -> ComposeResult:
        yield Lines(classes="heading")
        yield Lines(classes="columns")
        yield PagedList(markup=False)

    def show(self, snapshot: Snapshot) -> None:
        self._snapshot = snapshot
        self._sessions = ordered(snapshot.sessions, snapshot.running)
        self._fill()

    def copied(self, *, as_json: bool) -> str:
        """The marked session's id, or what is known of it as one JSON document."""
        marked = self.query_one(OptionList).highlighted
        if marked is None or marked >= len(self._sessions):
            return ""
        row = self._sessions[marked].row
        return json.dumps(asdict(row)) if as_json else row.session_id

    def on_resize(self) -> None:
        self._fill()

    def on_option_list_option_selected(self, event: OptionList.OptionSelected) -> None:
        event.stop()
        self.post_message(SessionChosen(self._sessions[event.option_index].row.session_id))

    def _fill(self) -> None:
        width, snapshot = self.size.width - 1, self._snapshot
        if width < 1 or snapshot is None:
            return
        options = self.query_one(OptionList)
        marked = options.highlighted
        header, lines = session_lines.session_table(self._sessions, width, snapshot.now_ns)
        if lines != self._lines:
            self._lines = lines
            options.set_options(map(Option, lines))
            if self._sessions:
                options.highlighted = min(marked or 0, len(self._sessions) - 1)
        self.query_one(".columns", Lines).show([header])
        heading = session_lines.heading(self._sessions, width, snapshot)
        self.query_one(".heading", Lines).show([heading])
