"""The list of all sessions."""

from functools import partial

from textual.app import ComposeResult

from ccotel_tui.query.usage.detail import usage_detail
from ccotel_tui.query.usage.keys import usage_key
from ccotel_tui.screen import strings
from ccotel_tui.screen.data.snapshot import Snapshot
from ccotel_tui.screen.format.usage.lines import LEAST_PART, PARTS_TALL, PARTS_WIDE
from ccotel_tui.screen.messages import QuestionChanged
from ccotel_tui.screen.views.sections.filtered import FilteredView
from ccotel_tui.screen.widgets.line_input import LineInput
from ccotel_tui.screen.widgets.lists.paged import PagedList
from ccotel_tui.screen.widgets.lists.sessions import SessionList
from ccotel_tui.screen.widgets.lists.table import ABOVE_ROWS

_PARTS = ("prompt", "model", "source", "hour")
"""The keys of what the marked session is made of, as many as have room."""


class SessionsView(FilteredView):
    """Every session of the window, and below them what the marked one is made of."""

    wants_sessions = True
    wants_first_prompts = True

    def __init__(self, name: str) -> None:
        super().__init__(id=name)
        keys, parts = [usage_key("session")], list(map(usage_key, _PARTS))
        self._usage = partial(usage_detail, None, keys, (), "", parts)

    def compose(self) -> ComposeResult:
        yield SessionList()
        yield LineInput("session-filter", strings.SESSION_HINT)

    def show_matching(self, text: str) -> None:
        self.query_one(SessionList).show_matching(text)

    def show(self, snapshot: Snapshot) -> None:
        super().show(snapshot)
        self.query_one(SessionList).show(snapshot)
        self._ask()

    def on_resize(self) -> None:
        self._ask()
        super().on_resize()

    def _ask(self) -> None:
        """Ask what sessions are made of, where they leave room for that."""
        width, height = self.app.size
        listed = self.query_one(SessionList).query_one(PagedList).option_count
        named = 1
        left = self.size.height - ABOVE_ROWS - listed - named
        has_room = width >= PARTS_WIDE and height >= PARTS_TALL and left >= LEAST_PART
        wanted = self._usage if has_room else None
        if wanted is not self.wants_usage:
            self.wants_usage = wanted
            self.post_message(QuestionChanged())
