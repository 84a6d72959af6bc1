"""The embedded store as a source."""

import json
import sqlite3
from collections.abc import Iterable
from pathlib import Path

from ccotel_tui.errors import SourceUnavailable
from ccotel_tui.query import sql
from ccotel_tui.query.ask import Answer, Ask, Scope, Series
from ccotel_tui.query.window import Bucket, Window
from ccotel_tui.store.database import connect, nothing
from ccotel_tui.telemetry.vocabulary import UNKNOWN


class EmbeddedSource:
    name = "embedded"

    def __init__(self, path: Path) -> None:
        """Raises BadDatabase; a file that is not there yet reads as one without records."""
        self._path = path
        self._connection = connect(path) if path.exists() else nothing()
        self._watching = connect(path) if path.exists() else nothing()

    def numbers(self, asks: Iterable[Ask], window: Window, scope: Scope) -> dict[Ask, Answer]:
        self._run("BEGIN")
        try:
            return {ask: self._answer(ask, window, scope) for ask in asks}
        finally:
            self._run("COMMIT")

    def current_session(self, to_ns: int, scope: Scope) -> str | None:
        text, parameters = sql.newest_activity(scope)
        rows = self._run(text, (to_ns, *parameters))
        return str(rows[0][0]) if rows else None

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

    def _answer(self, ask: Ask, window: Window, scope: Scope) -> Answer:
        buckets = window.buckets() if ask.stepped else (window.whole,)
        text, parameters = sql.compile(ask, scope)
        rows = self._run(text, (json.dumps(buckets), *parameters))
        found: dict[tuple[str, ...], dict[int, float]] = {}
        for index, *labels, value in rows:
            key = tuple(UNKNOWN if label is None else label for label in labels)
            found.setdefault(key, {})[index] = value
        return tuple(
            Series(dict(zip(ask.by, key, strict=True)), _points(buckets, numbers))
            for key, numbers in sorted(found.items())
        )

    def _run(self, text: str, parameters: tuple[object, ...] = ()) -> list[sqlite3.Row]:
        try:
            return self._connection.execute(text, parameters).fetchall()
        except sqlite3.Error as error:
            raise SourceUnavailable(f"{self._path} cannot be read: {error}.") from error


def _points(
    buckets: tuple[Bucket, ...], numbers: dict[int, float]
) -> tuple[tuple[int, float], ...]:
    return tuple((bucket.to_ns, numbers.get(i, 0.0)) for i, bucket in enumerate(buckets))
