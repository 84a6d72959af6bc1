"""The embedded store as a source."""

import json
import sqlite3
from collections import defaultdict
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from ccotel_tui.errors import SourceUnavailable
from ccotel_tui.query import sql
from ccotel_tui.query.ask import Answer, Ask, Current, EventKind, EventRow, Scope, Series
from ccotel_tui.query.event_row import event_row
from ccotel_tui.query.measures import Signal
from ccotel_tui.query.quantile import quantile
from ccotel_tui.query.window import Bucket, Window
from ccotel_tui.store import listening
from ccotel_tui.store.database import connect, nothing
from ccotel_tui.telemetry.vocabulary import MISSING, UNKNOWN

Labels = tuple[str, ...]


class EmbeddedSource:
    name = "embedded"

    def __init__(self, path: Path) -> None:
        """Raises BadDatabase; a file that is not there yet reads as one without records."""
        self._path = path
        self._connection = connect(path) if path.exists() else nothing()
        self._watching = connect(path) if path.exists() else nothing()

    def numbers(self, asks: Iterable[Ask], window: Window, scope: Scope) -> dict[Ask, Answer]:
        with self._moment():
            unheard = self._unheard(window)
            return {ask: self._answer(ask, window, scope, unheard) for ask in asks}

    def unseen(self, sessions: Iterable[str], to_ns: int) -> float | None:
        [(dollars,)] = self._run(sql.UNSEEN, (json.dumps(list(sessions)), to_ns))
        return float(dollars)

    def current(self, to_ns: int, scope: Scope) -> Current | None:
        found = []
        for text, parameters in (sql.newest_activity(scope), sql.newest_counter_activity(scope)):
            found += self._run(text, (to_ns, *parameters))
        if not found:
            return None
        _, session_id = max(found)
        prompts = self._run(sql.NEWEST_PROMPT, (session_id, to_ns))
        return Current(session_id, prompts[0][0] if prompts else None)

    def rows(
        self, kinds: Iterable[EventKind], window: Window, scope: Scope, limit: int
    ) -> list[EventRow]:
        text, parameters = sql.rows(kinds, scope)
        found = self._run(text, (json.dumps([window.whole]), *parameters, limit))
        return [
            event_row(time_ns, name, {"session.id": session, **json.loads(attributes)})
            for time_ns, name, session, _, attributes in reversed(found)
        ]

    def last_heard(self) -> int | None:
        [(heard,)] = self._run(sql.LAST_HEARD)
        return heard  # type: ignore[no-any-return]

    def version(self) -> int | None:
        # A connection of its own: another thread may be in the middle of an answer.
        (version,) = self._watching.execute("PRAGMA data_version").fetchone()
        return version  # type: ignore[no-any-return]

    def close(self) -> None:
        self._connection.close()
        self._watching.close()

    def _answer(self, ask: Ask, window: Window, scope: Scope, unheard: list[bool]) -> Answer:
        buckets = window.buckets() if ask.stepped else (window.whole,)
        ranges = json.dumps(buckets)
        found = self._found(ask, sql.compile(ask, scope), ranges)
        signals: dict[Labels, Signal] = dict.fromkeys(found, ask.measure.signal)
        if (fallback := sql.compile_fallback(ask, scope)) is not None:
            for labels, numbers in self._found(ask, fallback, ranges).items():
                signals.setdefault(labels, "counters")
                for index, value in numbers.items():
                    found[labels][index] = found[labels].get(index, 0.0) + value
        return tuple(
            Series(
                dict(zip(ask.by, labels, strict=True)),
                _points(ask, buckets, numbers, unheard),
                signals[labels],
            )
            for labels, numbers in sorted(found.items())
        )

    def _found(self, ask: Ask, query: sql.Query, ranges: str) -> dict[Labels, dict[int, float]]:
        text, parameters = query
        rows = self._run(text, (ranges, *parameters))
        found: defaultdict[Labels, dict[int, float]] = defaultdict(dict)
        if not isinstance(ask.stat, float):
            for index, *labels, value in rows:
                found[_named(ask, labels)][index] = value
            return found
        raw: defaultdict[tuple[Labels, int], list[float]] = defaultdict(list)
        for index, *labels, value in rows:
            raw[_named(ask, labels), index].append(value)
        for (named, index), values in raw.items():
            values.sort()
            found[named][index] = quantile(values, ask.stat)
        return found

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


def _named(ask: Ask, labels: Iterable[str | None]) -> Labels:
    """The labels with a word where a record has none."""
    return tuple(
        MISSING.get(name, UNKNOWN) if label is None else label
        for name, label in zip(ask.by, labels, strict=True)
    )


def _points(
    ask: Ask, buckets: tuple[Bucket, ...], numbers: dict[int, float], unheard: list[bool]
) -> tuple[tuple[int, float | None], ...]:
    """A number a bucket: 0 where somebody listened in vain, None where nobody did."""
    in_vain = 0.0 if ask.adds_up else None
    return tuple(
        (bucket.to_ns, numbers.get(i, None if ask.stepped and unheard[i] else in_vain))
        for i, bucket in enumerate(buckets)
    )
