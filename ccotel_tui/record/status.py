"""Whether a database is recorded into, as text."""

from collections.abc import Iterator
from contextlib import closing
from datetime import datetime, tzinfo
from pathlib import Path

from ccotel_tui.ahead import SKEW_NS, Ahead
from ccotel_tui.record.lock import State
from ccotel_tui.store.connection import connect
from ccotel_tui.store.newest import AHEAD, NEWEST


def status(database: Path, state: State | None, zone: tzinfo, now_ns: int) -> Iterator[str]:
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
        yield from _newest(database, zone, now_ns)


def _size(database: Path) -> int:
    files = (database, database.with_name(f"{database.name}-wal"))
    return sum(file.stat().st_size for file in files if file.exists())


def _newest(database: Path, zone: tzinfo, now_ns: int) -> Iterator[str]:
    with closing(connect(database)) as connection:
        (time_ns,) = connection.execute(NEWEST, (now_ns,)).fetchone()
        (count, latest_ns) = connection.execute(AHEAD, (now_ns + SKEW_NS,)).fetchone()
    yield f"newest record: {'none yet' if time_ns is None else _time(time_ns / 1e9, zone)}"
    if count:
        yield Ahead(count, latest_ns).sentence(now_ns)


def _time(seconds: float, zone: tzinfo) -> str:
    return datetime.fromtimestamp(seconds, zone).strftime("%Y-%m-%d %H:%M:%S")
