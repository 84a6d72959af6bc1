"""Rows of events as panels show them."""

from collections.abc import Iterable

from ccotel_tui.query.query import EventKind, EventRow, Scope
from ccotel_tui.query.source import Source
from ccotel_tui.query.window import Window
from ccotel_tui.telemetry.conventions import API_ERROR, API_RETRIES_EXHAUSTED

_SAME_FAILURE = ("session_id", "prompt_id", "model", "error")


def event_rows(
    kinds: Iterable[EventKind], source: Source, window: Window, scope: Scope, limit: int
) -> list[EventRow]:
    """The newest rows of these events, newest last; a failure that was given up is one row."""
    kinds = tuple(kinds)
    twice = any(kind.name == API_RETRIES_EXHAUSTED for kind in kinds)
    rows = source.rows(kinds, window, scope, limit * 2 if twice else limit)
    return join_given_up(rows)[-limit:]


def join_given_up(rows: Iterable[EventRow]) -> list[EventRow]:
    """Each exhausted failure put into the row of the api_error that it is about."""
    joined: list[EventRow] = []
    for row in rows:
        error = next((former for former in reversed(joined) if is_same_failure(former, row)), None)
        if error is None:
            joined.append(dict(row))
        else:
            error |= {key: value for key, value in row.items() if key not in error}
    return joined


def is_same_failure(error: EventRow, exhausted: EventRow) -> bool:
    """Return whether the one tells that the failure of the other was given up."""
    return (
        exhausted["event_name"] == API_RETRIES_EXHAUSTED
        and error["event_name"] == API_ERROR
        and all(error.get(key) == exhausted.get(key) for key in _SAME_FAILURE)
    )
