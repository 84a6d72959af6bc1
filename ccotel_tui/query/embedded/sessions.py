"""A number of each session over its whole life, read again only where it has new records."""

import json
from collections.abc import Callable, Iterable

from ccotel_tui.query.embedded import sql_rows
from ccotel_tui.query.embedded.bucket_cache import SessionNumbers
from ccotel_tui.query.embedded.reader import StoreReader
from ccotel_tui.store.newest import NEWEST


def numbers_of_sessions(
    reader: StoreReader,
    kind: str,
    sessions: Iterable[str],
    to_ns: int,
    read: Callable[[str], Iterable[tuple[str, float]]],
) -> dict[str, float]:
    """Return the sessions' numbers of this kind, right for the records up to `to_ns`.

    `read` gets the sessions as JSON; it may leave out those whose number is 0.
    """
    sessions = list(dict.fromkeys(sessions))
    with reader.snapshot():
        cached = reader.cache.by_session.pop(kind, SessionNumbers(to_ns, {}))
        active = active_since(reader, cached.to_ns, to_ns) if cached.numbers else ()
        for session in active:
            cached.numbers.pop(session, None)
        new = [session for session in sessions if session not in cached.numbers]
        if new:
            cached.numbers |= dict.fromkeys(new, 0.0) | dict(read(json.dumps(new)))
        reader.cache.by_session[kind] = SessionNumbers(to_ns, cached.numbers)
    return {session: cached.numbers[session] for session in sessions}


class CounterOnly:
    """The sessions that have counters and no request: only counters tell what those cost."""

    def __init__(self, reader: StoreReader) -> None:
        self._reader = reader
        self._checked: tuple[tuple[int, int], bool] = ((0, 0), True)

    def exist(self, now_ns: int) -> bool:
        """Return whether there is such a session, by the records that are not dated after now.

        Looked up once for each state of the store; to be called in a snapshot.
        """
        state, exist = self._checked
        if state != self._reader.state:
            [(newest_ns,)] = self._reader.run(NEWEST, (now_ns,))
            exist = bool(self._sessions((newest_ns or 0) - sql_rows.LATE))
            self._checked = self._reader.state, exist
        return exist

    def _sessions(self, to_ns: int) -> dict[str, float]:
        """The sessions; those with records since they were read last are looked up again."""
        by_session, run = self._reader.cache.by_session, self._reader.run
        cached = by_session.pop("counter-only", None)
        if cached is None:
            sessions = [session for (session,) in run(sql_rows.COUNTER_ONLY)]
        else:
            active = active_since(self._reader, cached.to_ns, to_ns)
            rows = run(sql_rows.COUNTER_ONLY_OF, (json.dumps([*active]),)) if active else []
            sessions = [session for session in cached.numbers if session not in active]
            sessions += [session for (session,) in rows]
        numbers = dict.fromkeys(sessions, 1.0)
        by_session["counter-only"] = SessionNumbers(to_ns, numbers)
        return numbers


def active_since(reader: StoreReader, *times_ns: int) -> set[str]:
    """Return the sessions that have a record after the first of these times."""
    return {session for (session,) in reader.run(sql_rows.ACTIVE_SINCE, (min(times_ns),))}
