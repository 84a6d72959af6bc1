"""A cache of rows per bucket of time, dropped when a record of that time comes or goes."""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from ccotel_tui.query.window import Bucket
from ccotel_tui.store.change_log import Change

BucketRow = tuple[Any, ...]
"""The values of a row behind the index of its bucket."""

_MAX_BUCKETS = 5000
"""The buckets of all panels over a few windows."""


@dataclass
class SessionNumbers:
    """A number of each session over its whole life, right for the records up to `to_ns`."""

    to_ns: int
    numbers: dict[str, float]


class BucketCache:
    """Rows by query and bucket, and numbers of whole sessions by their kind."""

    def __init__(self) -> None:
        self._rows: dict[tuple[object, Bucket], list[BucketRow]] = {}
        self.by_session: dict[str, SessionNumbers] = {}
        self.last_change = 0
        """The number of the last change that was applied."""

    def invalidate(self, changes: Sequence[Change]) -> None:
        """Drop what the changes touch that follow `last_change`; all, where some are missing."""
        if changes and changes[0].number != self.last_change + 1:
            self._rows.clear()
            self.by_session.clear()
        for change in changes:
            for key in [key for key in self._rows if _touches(change, key[1])]:
                del self._rows[key]
            stale = [k for k, cached in self.by_session.items() if change.from_ns <= cached.to_ns]
            for kind in stale:
                del self.by_session[kind]
            self.last_change = change.number

    def rows(
        self,
        query: object,
        buckets: Sequence[Bucket],
        read: Callable[[Sequence[Bucket]], Iterable[BucketRow]],
    ) -> list[BucketRow]:
        """Return the rows of these buckets, of which only what is not cached is read.

        The first and the last are cut where the window ends, which moves on: they are not cached.
        """
        by_bucket: list[list[BucketRow]] = []
        missing: dict[Bucket, list[BucketRow]] = {}
        for bucket in buckets:
            rows = self.get(query, bucket)
            by_bucket.append(missing.setdefault(bucket, []) if rows is None else rows)
        to_read = list(missing)
        for index, *row in read(to_read):
            missing[to_read[index]].append(tuple(row))
        for bucket in buckets[1:-1]:
            if bucket in missing:
                self.put(query, bucket, missing[bucket])
        return [(index, *row) for index, rows in enumerate(by_bucket) for row in rows]

    def get(self, query: object, bucket: Bucket) -> list[BucketRow] | None:
        """Return the bucket's rows, if they are cached, and make them the last to be dropped."""
        rows = self._rows.pop((query, bucket), None)
        if rows is not None:
            self.put(query, bucket, rows)
        return rows

    def put(self, query: object, bucket: Bucket, rows: list[BucketRow]) -> None:
        """Cache the bucket's rows until a change touches it."""
        self._rows[query, bucket] = rows
        if len(self._rows) > _MAX_BUCKETS:
            del self._rows[next(iter(self._rows))]


def _touches(change: Change, bucket: Bucket) -> bool:
    return bucket.from_ns < change.to_ns and change.from_ns <= bucket.to_ns
