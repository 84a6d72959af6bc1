"""The embedded store as a source."""

import json
import sqlite3
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from threading import Event
from typing import Any

from ccotel_tui.errors import SourceUnavailable
from ccotel_tui.query import sql, sql_rows
from ccotel_tui.query.ask import Answer, Ask, Current, EventKind, EventRow, Scope, Series, Stat
from ccotel_tui.query.event_row import event_row
from ccotel_tui.query.measures import Signal
from ccotel_tui.query.quantile import finest, quantiles
from ccotel_tui.query.sequence import skipped
from ccotel_tui.query.window import DAY, Window
from ccotel_tui.store import listening
from ccotel_tui.store.connection import connect, nothing
from ccotel_tui.telemetry.vocabulary import MISSING, UNKNOWN

Labels = tuple[str, ...]

_SHORT = 2 * DAY
_WINDOWS = 8
"""Windows whose answers are held: those of one tick."""


class Numbers(dict[int, float]):
    """Numbers by the index of their bucket, and the signal that they come from."""

    def __init__(self, signal: Signal, numbers: Mapping[int, float] | None = None) -> None:
        super().__init__(numbers or {})
        self.signal: Signal = signal
        self.mixed = False

    def put(self, index: int, number: float, stat: Stat) -> None:
        """Bring one more number into the bucket's."""
        held = self.get(index)
        if held is None:
            self[index] = number
        elif stat == "first":
            self[index] = min(held, number)
        elif stat == "last":
            self[index] = max(held, number)
        else:
            self[index] = held + number


class EmbeddedSource:
    name = "embedded"

    def __init__(self, path: Path) -> None:
        """Raises BadDatabase; a file that is not there yet reads as one without records."""
        self._path = path
        self._connection = connect(path) if path.exists() else nothing()
        self._alone: tuple[int, bool] = (-1, True)
        self._answered: tuple[int, dict[tuple[Window, Scope], dict[Ask, Answer]]] = (-1, {})
        self._missed: dict[str, tuple[float, int]] = {}
        self.moved_on = Event()
        self._watching = connect(path) if path.exists() else nothing()

    def numbers(self, asks: Iterable[Ask], window: Window, scope: Scope) -> dict[Ask, Answer]:
        asks = list(asks)
        with self._moment():
            known = self._known(window, scope)
            unheard = self._unheard(window)
            for kin in _kin(ask for ask in asks if ask not in known):
                for ask, numbers in self._found(kin, window, scope).items():
                    known[ask] = _answer(ask, numbers, window, unheard)
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
        [(dollars,)] = self._run(sql_rows.UNSEEN, (json.dumps(list(sessions)), to_ns))
        return float(dollars)

    def missed(self, sessions: Mapping[str, float]) -> int | None:
        new = [one for one, seen in sessions.items() if self._missed.get(one, (0, 0))[0] != seen]
        self._missed |= {one: (sessions[one], 0) for one in new}
        for (one,) in self._run(sql_rows.DOUBTFUL, (json.dumps(new),)):
            numbers = (number for (number,) in self._run(sql_rows.SEQUENCE, (one,)))
            self._missed[one] = sessions[one], skipped(numbers)
        return sum(self._missed[one][1] for one in sessions)

    def current(self, to_ns: int, scope: Scope) -> Current | None:
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
            event_row(time_ns, name, {"session.id": session, **json.loads(attributes)})
            for time_ns, name, session, _, attributes in reversed(found)
        ]

    def last_heard(self) -> int | None:
        [(heard,)] = self._run(sql_rows.LAST_HEARD)
        return heard  # type: ignore[no-any-return]

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
        ranges = json.dumps(window.buckets() if asks[0].stepped else [window.whole])
        text, parameters = sql.compile(asks, scope, window.to_ns - window.from_ns <= _SHORT)
        found = _columns(asks, self._run(text, (ranges, *parameters)))
        for ask in asks:
            fallback = sql.compile_fallback(ask, scope)
            if fallback is not None and self._counted_alone():
                text, parameters = fallback
                counted = _columns([ask], self._run(text, (ranges, *parameters)))
                for labels, numbers in counted[ask].items():
                    own = found[ask].setdefault(labels, Numbers("counters"))
                    own.mixed = own.signal != "counters"
                    for index, number in numbers.items():
                        own.put(index, number, ask.stat)
        return found

    def _counted_alone(self) -> bool:
        """Whether any session tells by its counters only; looked up once for each state."""
        [(version,)] = self._run("PRAGMA data_version")
        if self._alone[0] != version:
            [(alone,)] = self._run(sql_rows.ALONE)
            self._alone = version, bool(alone)
        return self._alone[1]

    def _quantiles(
        self, asks: Sequence[Ask], window: Window, scope: Scope
    ) -> dict[Ask, dict[Labels, Numbers]]:
        ask = finest(asks)
        by = sql.labels(ask)
        ranges = json.dumps(window.buckets() if ask.stepped else [window.whole])
        text, parameters = sql.compile([ask], scope)
        raw = (
            (index, _named(by, labels), sorted(map(float, values.split())))
            for index, *labels, cell in self._run(text, (ranges, *parameters))
            if (values := json.loads(cell)[1])
        )
        signal = ask.measure.signal
        return {
            ask: {labels: Numbers(signal, numbers) for labels, numbers in found.items()}
            for ask, found in quantiles(asks, by, raw).items()
        }

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
            yield
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


def _columns(asks: Sequence[Ask], rows: Iterable[Any]) -> dict[Ask, dict[Labels, Numbers]]:
    """Rows of (bucket, labels, numbers of the asks) by ask and by the labels that it asked for."""
    by = sql.labels(asks[0])
    found: dict[Ask, dict[Labels, Numbers]] = {ask: {} for ask in asks}
    for index, *cells, numbers in rows:
        if numbers.startswith("[0,"):
            continue
        _, *values = json.loads(numbers)
        labels = dict(zip(by, _named(by, cells), strict=True))
        for ask, value in zip(asks, values, strict=True):
            if value is not None:
                own = tuple(labels[name] for name in ask.by)
                found[ask].setdefault(own, Numbers(ask.measure.signal)).put(index, value, ask.stat)
    return found


def _named(by: Iterable[str], labels: Iterable[str | None]) -> Labels:
    """The labels with a word where a record has none."""
    return tuple(
        MISSING.get(name, UNKNOWN) if label is None else label
        for name, label in zip(by, labels, strict=True)
    )


def _answer(ask: Ask, found: dict[Labels, Numbers], window: Window, unheard: list[bool]) -> Answer:
    """A number a bucket: 0 where somebody listened in vain, None where nobody did.

    Where something is held, under whatever labels, somebody did.
    """
    buckets = window.buckets() if ask.stepped else (window.whole,)
    in_vain = 0.0 if ask.adds_up else None
    held = {index for numbers in found.values() for index in numbers}
    blank = [
        None if ask.stepped and missed and index not in held else in_vain
        for index, missed in enumerate(unheard)
    ]
    return tuple(
        Series(
            dict(zip(ask.by, labels, strict=True)),
            tuple(
                (bucket.to_ns, numbers.get(index, blank[index]))
                for index, bucket in enumerate(buckets)
            ),
            numbers.signal,
            numbers.mixed,
        )
        for labels, numbers in sorted(found.items())
    )
