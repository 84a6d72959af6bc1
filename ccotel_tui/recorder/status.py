"""The recorder of a database and what that holds, as text and as JSON."""

from collections.abc import Iterator
from contextlib import closing, suppress
from datetime import datetime, tzinfo
from pathlib import Path
from typing import NamedTuple

from ccotel_tui.errors import BadDatabase
from ccotel_tui.recorder.health import health_of
from ccotel_tui.recorder.sentences import port_names, ports_problem
from ccotel_tui.recorder.state import RecorderState
from ccotel_tui.store.ahead import SKEW_NS, Ahead
from ccotel_tui.store.file.connection import connect
from ccotel_tui.store.file.faults import translate_errors
from ccotel_tui.store.newest import AHEAD, NEWEST


def status_lines(
    database: Path, state: RecorderState | None, zone: tzinfo, now_ns: int
) -> Iterator[str]:
    """Yield the lines of `record --status`."""
    if state is None:
        yield f"not recording: no recorder writes to {database}"
    else:
        doing = health_of(state)
        recording = doing.wrong or ("recording" if state.listening else "not recording")
        yield f"{recording}: process {state.pid}, since {_time(state.since, zone)}"
        yield from filter(None, (doing.cause, *doing.notices))
        listens = port_names(state.listening) or "on no port, and takes them when they are free"
        problem = ports_problem(state.ports, state.handed_over)
        yield f"listens: {listens}. {problem}".removesuffix(". ")
        yield f"spans: {state.spans} received"
        if newest := state.last_refusal:
            counts = ", ".join(f"{number} {reason}" for reason, number in state.refused.items())
            at = _time(newest.time, zone)
            yield f"refused: {counts} (newest: {at} {newest.reason}: {newest.sentence})"
    if database.exists() and not (state and state.fault):
        stored = _stored(database, now_ns)
        when = "none yet" if stored.newest is None else _time(stored.newest, zone)
        yield f"database: {database}, {_size(database) / 1e6:.1f} MB"
        if not stored.unread:
            yield f"spans of Claude Code kept: {stored.spans}"
        yield f"newest record: {f'not available. {stored.unread}' if stored.unread else when}"
        if stored.ahead.records:
            yield stored.ahead.sentence(now_ns)


def status_document(
    database: Path, state: RecorderState | None, zone: tzinfo, now_ns: int
) -> dict[str, object]:
    """Return the document of `record --status --json`."""
    here = state or RecorderState()
    newest = here.last_refusal
    readable = database.exists() and here.fault is None
    stored = _stored(database, now_ns) if readable else _Stored()
    return {
        "schema": 0,
        "recording": here.records,
        "pid": here.pid or None,
        "since": _rfc3339(here.since, zone) if here.since else None,
        "listening": [
            {"protocol": port.protocol, "host": port.host, "port": port.port}
            for port in here.listening
        ],
        "problem": ports_problem(here.ports, here.handed_over) or stored.unread or None,
        "fault": here.fault and here.fault._asdict(),
        "silent_s": here.silent or None,
        "clock_moved": here.moved and {"by_s": here.moved.by, "wait_s": here.moved.wait},
        "deleted": dict(here.deleted),
        "spans": here.spans,
        "spans_kept": stored.spans if readable and not stored.unread else None,
        "refused": dict(here.refused),
        "last_refusal": newest
        and {**newest._asdict(), "time": _rfc3339(newest.time, zone, "milliseconds")},
        "database": str(database),
        "bytes": _size(database),
        "newest_record": None if stored.newest is None else _rfc3339(stored.newest, zone),
    }


def _size(database: Path) -> int:
    sizes = 0
    for file in (database, database.with_name(f"{database.name}-wal")):
        # A recorder that ends takes the log away.
        with suppress(FileNotFoundError):
            sizes += file.stat().st_size
    return sizes


class _Stored(NamedTuple):
    """Unix time of the newest record in seconds, what is dated after now and how many spans there
    are, or why none of it is known.

    A recorder that repairs its file records all the same.
    """

    newest: float | None = None
    ahead: Ahead = Ahead(0, 0)
    spans: int = 0
    unread: str = ""


def _stored(database: Path, now_ns: int) -> _Stored:
    try:
        with translate_errors(database), closing(connect(database)) as connection:
            (time_ns,) = connection.execute(NEWEST, (now_ns,)).fetchone()
            ahead = Ahead(*connection.execute(AHEAD, (now_ns + SKEW_NS,)).fetchone())
            (spans,) = connection.execute("SELECT count(*) FROM spans").fetchone()
    except BadDatabase as error:
        return _Stored(unread=str(error))
    return _Stored(None if time_ns is None else time_ns / 1e9, ahead, spans)


def _time(seconds: float, zone: tzinfo) -> str:
    return datetime.fromtimestamp(seconds, zone).strftime("%Y-%m-%d %H:%M:%S")


def _rfc3339(seconds: float, zone: tzinfo, precision: str = "seconds") -> str:
    return datetime.fromtimestamp(seconds, zone).isoformat(timespec=precision)
