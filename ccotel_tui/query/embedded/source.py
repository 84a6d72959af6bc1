"""The embedded store as a source."""

import json
import sqlite3
from array import array
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from functools import partial
from pathlib import Path
from threading import Event
from typing import Any

from ccotel_tui.ahead import SKEW_NS, Ahead
from ccotel_tui.errors import BadDatabase, SourceUnavailable
from ccotel_tui.query.embedded import sql, sql_rows
from ccotel_tui.query.embedded.bucket_cache import BucketCache, BucketRow, OfSessions
from ccotel_tui.query.embedded.quantile import finest, quantiles
from ccotel_tui.query.embedded.results import BucketNumbers, Labels, answer, columns, label_values
from ccotel_tui.query.embedded.sql_where import SqlQuery, nowhere
from ccotel_tui.query.events import event_row
from ccotel_tui.query.measures import COST_EPSILON_USD, MeasureSignal
from ccotel_tui.query.query import Answer, Current, EventKind, EventRow, Query, Scope
from ccotel_tui.query.sequence import count_gaps
from ccotel_tui.query.window import DAY, MINUTE, Bucket, Window
from ccotel_tui.store import change_log, coverage
from ccotel_tui.store.file.connection import connect, empty_database
from ccotel_tui.store.file.place import FilePlace, place
from ccotel_tui.store.newest import AHEAD, NEWEST
from ccotel_tui.store.shared_attributes import merge_attributes

_SHORT = 2 * DAY
_LATE = 2 * MINUTE
"""Records of sessions that run side by side come out of order by a few seconds."""

_LOOK_EVERY = 1_000_000
"""Steps of SQLite, some 10 ms, from one look to the next whether the reader has moved on."""

_WINDOWS = 8
"""Windows whose answers are held: those of one tick."""


class EmbeddedSource:
    name = "embedded"

    def __init__(self, path: Path, again_and_again: bool = True) -> None:
        """Raises BadDatabase; a file that is not there yet reads as one without records.

        Where nobody asks `again_and_again`, a window is not cut into buckets that could be held.
        """
        self._path = path
        self._again_and_again = again_and_again
        # The latest time that a question was about: not after now, as a record may be.
        self._latest_ns = 0
        self.moved_on = Event()
        self._inside = False
        self._place: FilePlace | None
        self._open()
        self._watched: FilePlace | None
        self._watching, self._watched = _opened(path)

    def _open(self) -> None:
        """Open what is at the path; nothing is known of it yet."""
        self._connection, self._place = _opened(self._path)
        self._connection.set_progress_handler(self.moved_on.is_set, _LOOK_EVERY)
        self._version = -1
        self._alone: tuple[int, bool] = (-1, True)
        self._answered: tuple[int, dict[tuple[Window, Scope], dict[Query, Answer]]] = (-1, {})
        self._held = BucketCache()

    def _follow(self) -> None:
        """Read the file that is at the path, where that is not the one that was opened."""
        if place(self._path) == self._place:
            return
        self._connection.close()
        # Until it is open: another file may be given the number of one that is not held open.
        self._place = None
        try:
            self._open()
        except BadDatabase as error:
            raise SourceUnavailable(str(error)) from error

    def numbers(self, asks: Iterable[Query], window: Window, scope: Scope) -> dict[Query, Answer]:
        asks = list(asks)
        self._latest_ns = max(self._latest_ns, window.to_ns)
        with self._moment():
            known = self._known(window, scope)
            new = [ask for ask in dict.fromkeys(asks) if ask not in known]
            unheard = self._unheard(window) if any(ask.stepped for ask in new) else []
            for group in sql.groups(new):
                for ask, numbers in self._found(group, window, scope).items():
                    known[ask] = answer(ask, numbers, window, unheard)
        return {ask: known[ask] for ask in asks}

    def _known(self, window: Window, scope: Scope) -> dict[Query, Answer]:
        """What was answered already over this window from the present state of the store."""
        if self._answered[0] != self._version or len(self._answered[1]) > _WINDOWS:
            self._answered = self._version, {}
        return self._answered[1].setdefault((window, scope), {})

    def at_once(self, calls: Iterable[Callable[[], Any]]) -> list[Any]:
        with self._moment():
            return [call() for call in calls]

    def unseen(self, sessions: Iterable[str], to_ns: int) -> float | None:
        def read(sessions: str) -> Iterator[tuple[str, float]]:
            for session, counted, seen in self._run(sql_rows.UNSEEN, (sessions, to_ns)):
                # Without any request it counts by its counters: none of that is unseen.
                if seen is not None and counted - seen > COST_EPSILON_USD:
                    yield session, counted - seen

        return sum(self._of_sessions("unseen", sessions, to_ns, read).values())

    def missed(self, sessions: Iterable[str], window: Window) -> Mapping[str, int]:
        def read(sessions: str) -> Iterator[tuple[str, float]]:
            for session, numbers in self._run(sql_rows.SEQUENCES, (sessions,)):
                yield session, count_gaps(map(int, numbers.split()))

        found = self._of_sessions("missed", sessions, window.to_ns - _LATE, read)
        return {session: int(number) for session, number in found.items()}

    def _of_sessions(
        self,
        asked: str,
        sessions: Iterable[str],
        to_ns: int,
        read: Callable[[str], Iterable[tuple[str, float]]],
    ) -> dict[str, float]:
        """A number of each session, read again where it was heard of after it was read last.

        `read` gets the sessions as JSON; it may leave out those whose number is 0.
        """
        with self._moment():
            held = self._held.of_sessions.pop(asked, OfSessions(to_ns, {}))
            for session in self._heard_of(held.to_ns, to_ns) if held.numbers else ():
                held.numbers.pop(session, None)
            new = [session for session in dict.fromkeys(sessions) if session not in held.numbers]
            if new:
                held.numbers |= dict.fromkeys(new, 0.0) | dict(read(json.dumps(new)))
            self._held.of_sessions[asked] = OfSessions(to_ns, held.numbers)
        return {session: held.numbers[session] for session in sessions}

    def current(self, to_ns: int, scope: Scope) -> Current | None:
        self._latest_ns = max(self._latest_ns, to_ns)
        with self._moment():
            found = []
            asked = [sql_rows.newest_activity(scope)]
            if self._counted_alone():
                asked.append(sql_rows.newest_counter_activity(scope))
            for text, parameters in asked:
                found += self._run(text, (to_ns, *parameters))
            if not found:
                return None
            _, session_id = max(found)
            prompts = self._run(sql_rows.NEWEST_PROMPT, (session_id, to_ns))
        return Current(session_id, prompts[0][0] if prompts else None)

    def rows(
        self, kinds: Iterable[EventKind], window: Window, scope: Scope, limit: int
    ) -> list[EventRow]:
        return _event_rows(
            reversed(self._run(*sql_rows.rows_query(tuple(kinds), scope, window.whole, limit)))
        )

    def rows_within(
        self, kind: EventKind, stretches: Sequence[Bucket], scope: Scope
    ) -> list[EventRow]:
        text, parameters = sql_rows.rows_within(kind, scope)
        return _event_rows(self._run(text, (json.dumps(stretches), *parameters)))

    def dropped(self, window: Window) -> Mapping[MeasureSignal, int]:
        return {}

    def remarks(self, window: Window) -> Mapping[MeasureSignal, Sequence[str]]:
        return {}

    def keeps_context(self) -> bool:
        return True

    def nowhere(self, scope: Scope) -> list[str]:
        sought = [name for name, value in scope.attributes if value]
        return [name for name in sought if self._run(*nowhere(name)) == [(1,)]]

    def last_heard(self, now_ns: int) -> int | None:
        [(heard,)] = self._run(NEWEST, (now_ns,))
        return heard  # type: ignore[no-any-return]

    def ahead(self, now_ns: int) -> Ahead | None:
        [(count, latest_ns)] = self._run(AHEAD, (now_ns + SKEW_NS,))
        return Ahead(count, latest_ns) if count else None

    def version(self) -> int | None:
        # A connection of its own: another thread may be in the middle of an answer.
        there = place(self._path)
        try:
            if there != self._watched:
                self._watching.close()
                self._watched = None
                self._watching, self._watched = _opened(self._path)
            (version,) = self._watching.execute("PRAGMA data_version").fetchone()
        except (BadDatabase, sqlite3.Error):
            # Asking tells what is wrong with the file.
            return hash(there)
        return hash((version, there))

    def close(self) -> None:
        self._connection.close()
        self._watching.close()

    def _found(
        self, asks: Sequence[Query], window: Window, scope: Scope
    ) -> dict[Query, dict[Labels, BucketNumbers]]:
        """The numbers of asks of one kin, by labels and index of the bucket."""
        if isinstance(asks[0].stat, float):
            return self._quantiles(asks, window, scope)
        if self._again_and_again and sql.adds_up(asks, window.to_ns - window.from_ns <= _SHORT):
            rows = self._held.rows(
                sql.compile_sql(asks, scope), window.buckets(), partial(self._read, asks, scope)
            )
        else:
            rows = self._read(asks, scope, _buckets(asks, window))
        found = columns(asks, sql.labels(asks[0]), rows)
        if self._counted_alone():
            self._add_counted(asks, rows, found, window, scope)
        return found

    def _add_counted(
        self,
        asks: Sequence[Query],
        rows: Sequence[BucketRow],
        found: Mapping[Query, dict[Labels, BucketNumbers]],
        window: Window,
        scope: Scope,
    ) -> None:
        """Add what the counters of sessions without requests say; `rows` is what events say."""
        for by, counted, query in sql.fallbacks(asks, scope):
            more = self._rows_of(by, query, _buckets(counted, window))
            if counted[0].stat == "sessions":
                # One that an event makes active is not counted again by its counters.
                active = {(index if counted[0].stepped else 0, labels) for index, labels, _ in rows}
                more = [row for row in more if row[:2] not in active]
            for ask, by_labels in columns(counted, by, more).items():
                for labels, numbers in by_labels.items():
                    own = found[ask].setdefault(labels, BucketNumbers("counters"))
                    own.mixed = own.signal != "counters"
                    for index, number in numbers.items():
                        own.put(index, number, ask.stat)

    def _read(
        self, asks: Sequence[Query], scope: Scope, buckets: Sequence[Bucket]
    ) -> list[BucketRow]:
        short = sum(to_ns - from_ns for from_ns, to_ns in buckets) <= _SHORT
        return self._rows_of(sql.labels(asks[0]), sql.compile_sql(asks, scope, short), buckets)

    def _rows_of(self, by: Labels, query: SqlQuery, buckets: Sequence[Bucket]) -> list[BucketRow]:
        """Rows of (index of the bucket, labels, numbers of the asks), where there is a record."""
        text, parameters = query
        end = 1 + len(by)
        rows: list[BucketRow] = []
        for row in self._run(text, (json.dumps(buckets), *parameters)):
            some, *numbers = json.loads(row[end]) if len(row) == end + 1 else row[end:]
            if some:
                rows.append((row[0], label_values(by, row[1:end]), numbers))
        return rows

    def _counted_alone(self) -> bool:
        """Whether any session tells by its counters only; looked up once for each state."""
        if self._alone[0] != self._version:
            self._alone = self._version, bool(self._sessions_alone())
        return self._alone[1]

    def _sessions_alone(self) -> dict[str, float]:
        """The sessions without requests; only those heard of since are looked up again."""
        to_ns = (self.last_heard(self._latest_ns) or 0) - _LATE
        held = self._held.of_sessions.pop("alone", None)
        if held is None:
            alone = dict.fromkeys((session for (session,) in self._run(sql_rows.ALONE)), 1.0)
        else:
            heard_of = self._heard_of(held.to_ns, to_ns)
            again = self._run(sql_rows.ALONE_OF, (json.dumps([*heard_of]),)) if heard_of else []
            alone = {session: 1.0 for session in held.numbers if session not in heard_of}
            alone |= {session: 1.0 for (session,) in again}
        self._held.of_sessions["alone"] = OfSessions(to_ns, alone)
        return alone

    def _heard_of(self, *times_ns: int) -> set[str]:
        """The sessions that have a record after the first of these times."""
        return {one for (one,) in self._run(sql_rows.HEARD_OF, (min(times_ns),))}

    def _quantiles(
        self, asks: Sequence[Query], window: Window, scope: Scope
    ) -> dict[Query, dict[Labels, BucketNumbers]]:
        ask = finest(asks)
        rows = self._held.rows(
            (sql.compile_sql([ask], scope), "raw"), window.buckets(), partial(self._raw, ask, scope)
        )
        signal = ask.measure.signal
        return {
            ask: {labels: BucketNumbers(signal, numbers) for labels, numbers in found.items()}
            for ask, found in quantiles(asks, sql.labels(ask), rows).items()
        }

    def _raw(self, ask: Query, scope: Scope, buckets: Sequence[Bucket]) -> Iterator[BucketRow]:
        """Rows of (index of the bucket, labels, values in ascending order)."""
        for index, labels, [text] in self._read([ask], scope, buckets):
            if text:
                yield index, labels, array("d", sorted(map(float, text.split())))

    def _unheard(self, window: Window) -> list[bool]:
        """For each bucket of the window whether nobody listened in any part of it."""
        signs = coverage.intervals(self._connection, window.from_ns, window.to_ns)
        heard = coverage.extend_open_interval(signs, window.to_ns)
        return coverage.uncovered([coverage.Interval(*b) for b in window.buckets()], heard)

    @contextmanager
    def _moment(self) -> Iterator[None]:
        """What is read inside is read from one state of the store."""
        if self._inside:
            yield
            return
        self._follow()
        self._run("BEGIN")
        self._inside = True
        try:
            self._held.notice(change_log.since(self._connection, self._held.seen))
            [(self._version,)] = self._run("PRAGMA data_version")
            yield
        except sqlite3.Error as error:
            raise SourceUnavailable(f"{self._path} cannot be read: {error}.") from error
        finally:
            self._inside = False
            if self._connection.in_transaction:
                self._connection.execute("COMMIT")

    def _run(self, text: str, parameters: tuple[object, ...] = ()) -> list[Any]:
        if self.moved_on.is_set():
            raise SourceUnavailable("The reader has moved on.")
        try:
            found: list[Any] = self._connection.execute(text, parameters).fetchall()
        except sqlite3.Error as error:
            raise SourceUnavailable(f"{self._path} cannot be read: {error}.") from error
        return found


def _event_rows(found: Iterable[BucketRow]) -> list[EventRow]:
    return [
        event_row(time_ns, name, {"session.id": session, **merge_attributes(common, own, context)})
        for time_ns, name, session, _, own, common, context in found
    ]


def _buckets(asks: Iterable[Query], window: Window) -> Sequence[Bucket]:
    """What has to be read of the window for asks that one scan answers."""
    return window.buckets() if any(ask.stepped for ask in asks) else (window.whole,)


def _opened(path: Path) -> tuple[sqlite3.Connection, FilePlace]:
    """What is at the path, and which file that is; without one it reads as an empty store."""
    connection = connect(path) if path.exists() else empty_database()
    return connection, place(path)
