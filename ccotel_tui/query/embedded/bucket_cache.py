"""What was read of a stretch of time, held until a record of that time comes or goes."""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from ccotel_tui.query.window import Bucket
from ccotel_tui.store.change_log import Change

BucketRow = tuple[Any, ...]
"""Whatever was read, behind the index of its bucket."""

_MOST = 5000
"""Stretches held: the buckets of all panels over a few windows."""


@dataclass
class OfSessions:
    """What was read of whole sessions, by session: right for the records up to `to_ns`."""

    to_ns: int
    numbers: dict[str, float]


class BucketCache:
    """Rows by what was asked, and by the bucket that they were read of.

    `of_sessions` holds by what was asked what was read of whole sessions.
    """

    def __init__(self) -> None:
        self._rows: dict[tuple[object, Bucket], list[BucketRow]] = {}
        self.of_sessions: dict[str, OfSessions] = {}
        self._seen = 0

    @property
    def seen(self) -> int:
        """The number of the last change that was noticed."""
        return self._seen

    def notice(self, changes: Sequence[Change]) -> None:
        """Let go of what the changes since `seen` touch: all, where some are not told any more."""
        if changes and changes[0].number != self._seen + 1:
            self._rows.clear()
            self.of_sessions.clear()
        for change in changes:
            for key in [key for key in self._rows if _touches(change, key[1])]:
                del self._rows[key]
            for asked in [
                a for a, held in self.of_sessions.items() if change.from_ns <= held.to_ns
            ]:
                del self.of_sessions[asked]
            self._seen = change.number

    def rows(
        self,
        asked: object,
        buckets: Sequence[Bucket],
        read: Callable[[Sequence[Bucket]], Iterable[BucketRow]],
    ) -> list[BucketRow]:
        """The rows of these buckets, of which only what is not held is read.

        The first and the last are cut where the window ends, which moves on: they are not held.
        """
        found: list[list[BucketRow]] = []
        missing: dict[Bucket, list[BucketRow]] = {}
        for bucket in buckets:
            rows = self.get(asked, bucket)
            found.append(missing.setdefault(bucket, []) if rows is None else rows)
        of = list(missing)
        for index, *row in read(of):
            missing[of[index]].append(tuple(row))
        for bucket in buckets[1:-1]:
            if bucket in missing:
                self.put(asked, bucket, missing[bucket])
        return [(index, *row) for index, rows in enumerate(found) for row in rows]

    def get(self, asked: object, bucket: Bucket) -> list[BucketRow] | None:
        """What is held of the bucket; asked for last, it goes last."""
        rows = self._rows.pop((asked, bucket), None)
        if rows is not None:
            self.put(asked, bucket, rows)
        return rows

    def put(self, asked: object, bucket: Bucket, rows: list[BucketRow]) -> None:
        """Hold this until a change touches the bucket."""
        self._rows[asked, bucket] = rows
        if len(self._rows) > _MOST:
            del self._rows[next(iter(self._rows))]


def _touches(change: Change, bucket: Bucket) -> bool:
    return bucket.from_ns < change.to_ns and change.from_ns <= bucket.to_ns
