"""Whether a database is recorded into, as text."""

from collections.abc import Iterator
from datetime import datetime, tzinfo
from pathlib import Path

from ccotel_tui.record.lock import State
from ccotel_tui.store.connection import connect

_NEWEST = """
SELECT max(time_ns) FROM (
    SELECT max(time_ns) AS time_ns FROM events UNION ALL SELECT max(time_ns) FROM increments
)
"""


def status(database: Path, state: State | None, zone: tzinfo) -> Iterator[str]:
    """The lines of `record --status`. Raises BadDatabase."""
    if state is None:
        yield f"not recording: no recorder writes to {database}"
    else:
        recording = "recording" if state.listening else "not recording"
        yield f"{recording}: process {state.pid}, since {_time(state.since, zone)}"
        listens = ", ".join(state.listening) or "on no port, and takes them when they are free"
        yield f"listens: {listens}. {state.problem}".removesuffix(". ")
        yield f"spans: {state.spans} received, not kept"
    if database.exists():
        yield f"database: {database}, {_size(database) / 1e6:.1f} MB"
        yield f"newest record: {_newest(database, zone)}"


def _size(database: Path) -> int:
    files = (database, database.with_name(f"{database.name}-wal"))
    return sum(file.stat().st_size for file in files if file.exists())


def _newest(database: Path, zone: tzinfo) -> str:
    connection = connect(database)
    (time_ns,) = connection.execute(_NEWEST).fetchone()
    connection.close()
    return "none yet" if time_ns is None else _time(time_ns / 1e9, zone)


def _time(seconds: float, zone: tzinfo) -> str:
    return datetime.fromtimestamp(seconds, zone).strftime("%Y-%m-%d %H:%M:%S")
