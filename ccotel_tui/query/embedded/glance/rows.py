"""The few rows that the one line reads, as the embedded source answers them, with few imports."""

import sqlite3
from typing import TYPE_CHECKING

from ccotel_tui.query.events import event_row
from ccotel_tui.query.status_line.facts import LIMIT_NAMES, RECENT_LINES
from ccotel_tui.store.shared_attributes import merge_attributes
from ccotel_tui.telemetry.conventions import STATUS_LINE

if TYPE_CHECKING:
    from ccotel_tui.query.query import EventRow

_COLUMNS = """\
SELECT r.time_ns, r.name, r.session_id, r.attributes,
    (SELECT o.attributes FROM origins o WHERE o.id = r.origin),
    (SELECT o.context FROM origins o WHERE o.id = r.origin)"""

_NEWEST = f"""\
{_COLUMNS}
FROM events r INDEXED BY event_sessions
WHERE r.session_id = ? AND r.time_ns > ? AND r.time_ns <= ? AND r.name = ?
ORDER BY r.time_ns DESC, r.sequence DESC LIMIT 1"""

_WITH_LIMIT = f"""\
{_COLUMNS}
FROM (SELECT * FROM events INDEXED BY event_names
    WHERE name = '{STATUS_LINE}' AND time_ns > ? AND time_ns <= ?
    ORDER BY time_ns DESC LIMIT {RECENT_LINES}) r
WHERE instr(r.attributes, ?) ORDER BY r.time_ns DESC LIMIT 1"""


def newest_row(
    store: sqlite3.Connection, name: str, session_id: str, from_ns: int, to_ns: int
) -> "EventRow | None":
    """Return the session's newest event of the name in a time."""
    return _row(store, _NEWEST, (session_id, from_ns, to_ns, name))


def lines_with_limits(store: sqlite3.Connection, from_ns: int, to_ns: int) -> "list[EventRow]":
    """Return of each plan limit the newest of the recent status lines that tells of it."""
    rows = (
        _row(store, _WITH_LIMIT, (from_ns, to_ns, f'"rate_limits.{name}.used_percentage":'))
        for name in LIMIT_NAMES
    )
    return [row for row in rows if row is not None]


def _row(
    store: sqlite3.Connection, text: str, parameters: tuple[str | int, ...]
) -> "EventRow | None":
    for time_ns, name, session, of_event, common, context in store.execute(text, parameters):
        attributes = merge_attributes(common, of_event, context)
        return event_row(time_ns, name, attributes | {"session.id": session})
    return None
