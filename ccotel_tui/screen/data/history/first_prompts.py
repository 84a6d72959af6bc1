"""What each session was asked first."""

from collections.abc import Sequence

from ccotel_tui.query.events import label_of, time_of
from ccotel_tui.query.prompts.folded import is_command, notifications, text_of
from ccotel_tui.query.query import EventKind, Scope
from ccotel_tui.query.sessions import SessionRow
from ccotel_tui.query.source import Source
from ccotel_tui.query.window import Window
from ccotel_tui.telemetry.conventions import USER_PROMPT

_ROWS = 1000


def read_first_prompts(
    source: Source, sessions: Sequence[SessionRow], window: Window, scope: Scope
) -> dict[str, str]:
    """Return by session what a person typed first in the window, where the client sent it.

    A session that began before the oldest of so many rows is left out. Raises SourceUnavailable.
    """
    rows = source.rows([EventKind(USER_PROMPT)], window, scope, _ROWS)
    began = {session.session_id: session.started_ns for session in sessions}
    since_ns = time_of(rows[0]) if len(rows) == _ROWS else window.from_ns
    continuing = notifications(rows)
    first: dict[str, str] = {}
    for row in rows:
        session_id = label_of(row, "session_id")
        if began.get(session_id, 0) >= since_ns and not is_command(row) and row not in continuing:
            first.setdefault(session_id, text_of(row))
    return first
