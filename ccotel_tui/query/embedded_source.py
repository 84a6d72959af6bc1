"""The embedded store as a source."""

import json
import sqlite3
from array import array
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from functools import partial
from math import fsum
from pathlib import Path
from threading import Event
from typing import Any, TypeVar

from ccotel_tui.ahead import SKEW_NS, Ahead
from ccotel_tui.errors import SourceUnavailable
from ccotel_tui.query import sql, sql_rows
from ccotel_tui.query.answers import Labels, Numbers, answer, columns, named
from ccotel_tui.query.ask import Answer, Ask, Current, EventKind, EventRow, Scope
from ccotel_tui.query.event_row import event_row
from ccotel_tui.query.held import Held, Row
from ccotel_tui.query.measures import Signal
from ccotel_tui.query.quantile import finest, quantiles
from ccotel_tui.query.sequence import skipped
from ccotel_tui.query.sql_where import Query, nowhere
from ccotel_tui.query.window import DAY, MINUTE, Bucket, Window
from ccotel_tui.store import changes, listening
from ccotel_tui.store.connection import connect, nothing
from ccotel_tui.store.newest import AHEAD, NEWEST
from ccotel_tui.store.origins import joined

T = TypeVar("T")

_SHORT = 2 * DAY
_LATE = 2 * MINUTE
"""Records of sessions that run side by side come out of order by a few seconds."""

_NOTHING = 5e-7
"""Half a millionth of a dollar is below what the client reports."""
_WINDOWS = 8
"""Windows whose answers are held: those of one tick."""


class EmbeddedSource:
    name = "embedded"

    def __init__(self, path: Path) -> None:
        """Raises BadDatabase; a file that is not there yet reads as one without records."""
        self._path = path
        self._connection = connect(path) if path.exists() else nothing()
        self._alone: tuple[int, bool] = (-1, True)
        self._answered: tuple[int, dict[tuple[Window, Scope], dict[Ask, Answer]]] = (-1, {})
        self._held = Held()
        self._asked_to: dict[str, int] = {}
        # The latest time that a question was about: not after now, as a record may be.
        self._latest_ns = 0
        self.moved_on = Event()
        self._watching = connect(path) if path.exists() else nothing()

    def numbers(self, asks: Iterable[Ask], window: Window, scope: Scope) -> dict[Ask, Answer]:
        asks = list(asks)
        self._latest_ns = max(self._latest_ns, window.to_ns)
        with self._moment():
            known = self._known(window, scope)
            unheard = self._unheard(window)
            for kin in _kin(ask for ask in asks if ask not in known):
                for ask, numbers in self._found(kin, window, scope).items():
                    known[ask] = answer(ask, numbers, window, unheard)
        return {ask: known[ask] for ask in asks}

    def _known(self, window: Window, scope: Scope) -> dict[Ask, Answer]:
        """What was answered already over this window from the present state of the store."""
        [(version,)] = self._run("PRAGMA data_version")
        if self._answered[0] != version or len(self._answered[1]) > _WINDOWS:
            self._answered = version, {}
        return self._answered[1].setdefault((window, scope), {})

    def at_once(self, calls: Iterable[Callable[[], Any]]) -> list[Any]:
        return [call() for call in calls]

    def unseen(self, sessions: Iterable[str], to_ns: int) -> float | None:
        def read(session: str) -> float:
            [(counted, seen)] = self._run(sql_rows.UNSEEN, (session, to_ns))
            # Without any request it counts by its counters: none of that is unseen.
            return 0.0 if seen is None else counted - seen

        return fsum(n for n in self._of_each(sessions, to_ns, "unseen", read) if n > _NOTHING)

    def missed(self, sessions: Iterable[str], window: Window) -> int | None:
        def read(session: str) -> int:
            if self._run(sql_rows.DOUBTFUL, (session,)) == [(0,)]:
                return 0
            return skipped(number for (number,) in self._run(sql_rows.SEQUENCE, (session,)))

        return sum(self._of_each(sessions, window.to_ns - _LATE, "missed", read))

    def _of_each(
        self,
        sessions: Iterable[str],
        to_ns: int,
        asked: str,
        read: Callable[[str], T],
    ) -> list[T]:
        """A number of each session, read again where it was heard of after the last `to_ns`."""
        sessions = list(sessions)
        with self._moment():
            before = self._asked_to.get(asked, to_ns)
            [(known,)] = self._held.take(asked, Bucket(-1, before)) or [({},)]
            for one in self._heard_of(before, to_ns) if known else ():
                known.pop(one, None)
            known |= {one: read(one) for one in sessions if one not in known}
            self._held.put(asked, Bucket(-1, to_ns), [(known,)])
        self._asked_to[asked] = to_ns
        return [known[one] for one in sessions]

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
        found = self._run(*sql_rows.rows(tuple(kinds), scope, window.whole, limit))
        return [
            event_row(time_ns, name, {"session.id": session, **joined(common, own, context)})
            for time_ns, name, session, _, own, common, context in reversed(found)
        ]

    def dropped(self, window: Window) -> Mapping[Signal, int]:
        return {}

    def remarks(self, window: Window) -> Mapping[Signal, Sequence[str]]:
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
        (version,) = self._watching.execute("PRAGMA data_version").fetchone()
        return version  # type: ignore[no-any-return]

    def close(self) -> None:
        self._connection.close()
        self._watching.close()

    def _found(
        self, asks: Sequence[Ask], window: Window, scope: Scope
    ) -> dict[Ask, dict[Labels, Numbers]]:
        """The numbers of asks of one kin, by labels and index of the bucket."""
        if isinstance(asks[0].stat, float):
            return self._quantiles(asks, window, scope)
        whole = window.buckets() if asks[0].stepped else (window.whole,)
        if sql.adds_up(asks[0], window.to_ns - window.from_ns <= _SHORT):
            rows = self._held.rows(
                sql.compile(asks, scope), window.buckets(), partial(self._read, asks, scope)
            )
        else:
            rows = self._read(asks, scope, whole)
        found = columns(asks, rows)
        for ask in asks:
            fallback = sql.compile_fallback(ask, scope)
            if fallback is not None and self._counted_alone():
                more = self._rows_of(ask, fallback, whole)
                if ask.stat == "sessions":
                    # One that an event makes active is not counted again by its counters.
                    told = {(index if ask.stepped else 0, labels) for index, labels, _ in rows}
                    more = [row for row in more if row[:2] not in told]
                counted = columns([ask], more)
                for labels, numbers in counted[ask].items():
                    own = found[ask].setdefault(labels, Numbers("counters"))
                    own.mixed = own.signal != "counters"
                    for index, number in numbers.items():
                        own.put(index, number, ask.stat)
        return found

    def _read(self, asks: Sequence[Ask], scope: Scope, buckets: Sequence[Bucket]) -> list[Row]:
        short = sum(to_ns - from_ns for from_ns, to_ns in buckets) <= _SHORT
        return self._rows_of(asks[0], sql.compile(asks, scope, short), buckets)

    def _rows_of(self, ask: Ask, query: Query, buckets: Sequence[Bucket]) -> list[Row]:
        """Rows of (index of the bucket, labels, numbers of the asks), where there is a record."""
        text, parameters = query
        by = sql.labels(ask)
        return [
            (index, named(by, labels), json.loads(numbers)[1:])
            for index, *labels, numbers in self._run(text, (json.dumps(buckets), *parameters))
            if not numbers.startswith("[0,")
        ]

    def _counted_alone(self) -> bool:
        """Whether any session tells by its counters only; looked up once for each state."""
        [(version,)] = self._run("PRAGMA data_version")
        if self._alone[0] != version:
            self._alone = version, bool(self._sessions_alone())
        return self._alone[1]

    def _sessions_alone(self) -> set[str]:
        """Of those found before, and of those heard of since, the sessions without requests."""
        to_ns = (self.last_heard(self._latest_ns) or 0) - _LATE
        before = self._asked_to.get("alone", to_ns)
        held = self._held.take("alone", Bucket(-1, before))
        if held is None:
            alone = {one for (one,) in self._run(sql_rows.ALONE)}
        else:
            [(former,)] = held
            heard_of = self._heard_of(before, to_ns)
            again = {one for one in heard_of if self._run(sql_rows.ALONE_OF, (one,)) == [(1,)]}
            alone = former - heard_of | again
        self._held.put("alone", Bucket(-1, to_ns), [(alone,)])
        self._asked_to["alone"] = to_ns
        return alone

    def _heard_of(self, *times_ns: int) -> set[str]:
        """The sessions that have a record after the first of these times."""
        return {one for (one,) in self._run(sql_rows.HEARD_OF, (min(times_ns),))}

    def _quantiles(
        self, asks: Sequence[Ask], window: Window, scope: Scope
    ) -> dict[Ask, dict[Labels, Numbers]]:
        ask = finest(asks)
        rows = self._held.rows(
            (sql.compile([ask], scope), "raw"), window.buckets(), partial(self._raw, ask, scope)
        )
        signal = ask.measure.signal
        return {
            ask: {labels: Numbers(signal, numbers) for labels, numbers in found.items()}
            for ask, found in quantiles(asks, sql.labels(ask), rows).items()
        }

    def _raw(self, ask: Ask, scope: Scope, buckets: Sequence[Bucket]) -> Iterator[Row]:
        """Rows of (index of the bucket, labels, values in ascending order)."""
        for index, labels, [text] in self._read([ask], scope, buckets):
            if text:
                yield index, labels, array("d", sorted(map(float, text.split())))

    def _unheard(self, window: Window) -> list[bool]:
        """For each bucket of the window whether nobody listened in any part of it."""
        signs = listening.intervals(self._connection, window.from_ns, window.to_ns)
        heard = listening.lasting(signs, window.to_ns)
        return listening.unheard([listening.Interval(*b) for b in window.buckets()], heard)

    @contextmanager
    def _moment(self) -> Iterator[None]:
        """What is read inside is read from one state of the store."""
        self._run("BEGIN")
        try:
            self._held.notice(changes.since(self._connection, self._held.seen))
            yield
        except sqlite3.Error as error:
            raise SourceUnavailable(f"{self._path} cannot be read: {error}.") from error
        finally:
            self._run("COMMIT")

    def _run(self, text: str, parameters: tuple[object, ...] = ()) -> list[Any]:
        try:
            found: list[Any] = self._connection.execute(text, parameters).fetchall()
        except sqlite3.Error as error:
            raise SourceUnavailable(f"{self._path} cannot be read: {error}.") from error
        return found


def _kin(asks: Iterable[Ask]) -> list[list[Ask]]:
    """The asks in groups that one scan answers each."""
    groups: defaultdict[object, list[Ask]] = defaultdict(list)
    for ask in asks:
        quantile = isinstance(ask.stat, float)
        groups[(ask.measure, ask.where) if quantile else sql.kin(ask)].append(ask)
    return list(groups.values())
