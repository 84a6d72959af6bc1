"""Which prompts continue others, and which are commands of the client.

Most windows have none: that is told by counts. Where there are some, only their sessions' rows are
read and folded.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import partial

from ccotel_tui.query.events import label_of
from ccotel_tui.query.measures import NOTIFICATIONS, Condition
from ccotel_tui.query.prompts.folded import fold
from ccotel_tui.query.prompts.typed import FOLDED_BY, redacted_notifications, rows_of_session
from ccotel_tui.query.query import ALL_ROWS, EventKind, Query, Scope
from ccotel_tui.query.source import Backend
from ccotel_tui.query.window import LONGEST_SESSION, Window
from ccotel_tui.telemetry.conventions import USER_PROMPT

_COMMANDS = EventKind(USER_PROMPT, Condition("command_source", "builtin"))
_BY_TEXT = Query(NOTIFICATIONS, by=("session_id",))


@dataclass(frozen=True, slots=True)
class PromptLinks:
    """`roots` has the prompt that each one continues; `commands` the ids of what is no prompt."""

    roots: Mapping[str, str]
    commands: frozenset[str]


def prompt_links(backend: Backend, window: Window, session: Scope) -> PromptLinks:
    """Return the links of the prompts that were sent in the window. Raises SourceUnavailable."""
    source = backend.source
    counts, redacted, commands = backend.run_together(
        (
            partial(source.numbers, [_BY_TEXT], window, session),
            partial(redacted_notifications, source, window, session),
            partial(source.rows, [_COMMANDS], window, session, ALL_ROWS),
        )
    )
    sessions = {
        series.labels["session_id"]
        for series in counts[_BY_TEXT]
        if any(number for _, number in series.points)
    }
    sessions |= {label_of(row, "session_id") for row in redacted}
    from_ns = window.from_ns - LONGEST_SESSION
    rows = backend.run_together(
        partial(rows_of_session, source, FOLDED_BY, session_id, from_ns, window.to_ns)
        for session_id in sorted(sessions)
    )
    roots = fold(row for each in rows for row in each)
    return PromptLinks(
        {id: root for id, root in roots.items() if id != root},
        frozenset(str(row["prompt_id"]) for row in commands if row.get("prompt_id")),
    )
