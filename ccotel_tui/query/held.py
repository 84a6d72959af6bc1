"""What was read of a stretch of time, held until a record of that time comes or goes."""

from collections.abc import Callable, Iterable, Sequence
from typing import Any

from ccotel_tui.query.window import Bucket
from ccotel_tui.store.changes import Change

Row = tuple[Any, ...]
"""Whatever was read, behind the index of its bucket."""

_MOST = 5000
"""Stretches held: the buckets of all panels over a few windows."""


class Held:
    """Rows by what was asked, and by the bucket that they were read of."""

    def __init__(self) -> None:
        self._rows: dict[tuple[object, Bucket], list[Row]] = {}
        self._seen = 0

    @property
    def seen(self) -> int:
        """The number of the last change that was noticed."""
        return self._seen

    def notice(self, changes: Sequence[Change]) -> None:
        """Let go of what the changes since `seen` touch: all, where some are not told any more."""
        if changes and changes[0].number != self._seen + 1:
            self._rows.clear()
        for change in changes:
            for key in [key for key in self._rows if _touches(change, key[1])]:
                del self._rows[key]
            self._seen = change.number

    def rows(
        self,
        asked: object,
        buckets: Sequence[Bucket],
        read: Callable[[Sequence[Bucket]], Iterable[Row]],
    ) -> list[Row]:
        """The rows of these buckets, of which only what is not held is read.

        The first and the last are cut where the window ends, which moves on: they are not held.
        """
        missing = [bucket for bucket in buckets if (asked, bucket) not in self._rows]
        found: dict[Bucket, list[Row]] = {bucket: [] for bucket in missing}
        for index, *row in read(missing):
            found[missing[index]].append(tuple(row))
        inner = buckets[1:-1]
        for bucket in buckets:
            if bucket not in found:
                found[bucket] = self._rows.pop((asked, bucket))  # what is used last goes last
        self._rows |= {(asked, bucket): found[bucket] for bucket in inner}
        for key in list(self._rows)[:-_MOST]:
            del self._rows[key]
        return [(index, *row) for index, bucket in enumerate(buckets) for row in found[bucket]]


def _touches(change: Change, bucket: Bucket) -> bool:
    return bucket.from_ns < change.to_ns and change.from_ns <= bucket.to_ns
