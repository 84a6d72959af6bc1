"""Sessions in the order in which they matter, or of a column, and those that a text fits. Pure."""

from collections.abc import Callable, Iterable, Mapping, Sequence

from ccotel_tui.claude.session_registry import Running, Status
from ccotel_tui.query.sessions import SessionRow
from ccotel_tui.screen.format.sessions.lines import Session
from ccotel_tui.screen.format.table import holds_words

_ORDER: tuple[Status | None, ...] = ("waiting", "busy", "shell", "idle")
"""Who waits and who runs; all others are in the order of their last activity."""

_NUMBERS: Mapping[str, Callable[[Session], float | None]] = {
    "cost": lambda session: session.row.cost,
    "tokens": lambda session: session.row.tokens,
    "cache": lambda session: session.row.cache_hit_ratio,
    "errors": lambda session: session.row.errors,
    "last": lambda session: session.row.last_seen_ns,
    "started": lambda session: session.row.started_ns,
    "took": lambda session: session.row.last_seen_ns - session.row.started_ns,
    "prompts": lambda session: session.row.prompts,
}
_TEXTS: Mapping[str, Callable[[Session], str]] = {
    "session": lambda session: session.name,
    "project": lambda session: session.project,
    "user": lambda session: session.user,
    "model": lambda session: " ".join(session.row.models[:1]),
}


def ordered(
    rows: Sequence[SessionRow],
    running: Mapping[str, Running],
    first_prompts: Mapping[str, str] | None = None,
) -> list[Session]:
    """Return who waits first, then who is busy, has a shell, is idle; the newest first of each."""
    words = first_prompts or {}
    sessions = [
        Session(row, running.get(row.session_id), words.get(row.session_id, "")) for row in rows
    ]

    def place(session: Session) -> tuple[int, int]:
        last = len(_ORDER) + (not session.runs)
        rank = _ORDER.index(session.status) if session.status in _ORDER else last
        return rank, -session.row.last_seen_ns

    return sorted(sessions, key=place)


def sort_sessions(sessions: Iterable[Session], column: str) -> list[Session]:
    """Return them by the column: large numbers first, texts from a to z, what is unknown last.

    Any other column leaves them as they are.
    """
    if number := _NUMBERS.get(column):
        return sorted(sessions, key=lambda session: -_or_least(number(session)))
    if text := _TEXTS.get(column):
        return sorted(sessions, key=lambda session: (not text(session), text(session).lower()))
    return list(sessions)


def matching_sessions(sessions: Sequence[Session], text: str) -> list[Session]:
    """Return those in whose name, project, user, models or id each word of the text occurs."""
    return [session for session in sessions if holds_words(_searched(session), text)]


def _searched(session: Session) -> str:
    row = session.row
    texts = (session.name, session.project, session.user, *row.models, row.session_id)
    return " ".join(texts)


def _or_least(number: float | None) -> float:
    return float("-inf") if number is None else number
