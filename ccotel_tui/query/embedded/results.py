"""Rows of SQL to answers. Pure."""

from collections.abc import Iterable, Mapping, Sequence

from ccotel_tui.query.embedded.bucket_cache import BucketRow
from ccotel_tui.query.finite import bounded
from ccotel_tui.query.measures import MeasureSignal
from ccotel_tui.query.query import Answer, LabelValues, Query, Series, Stat
from ccotel_tui.query.window import Window
from ccotel_tui.telemetry.conventions import MISSING, UNKNOWN


class BucketNumbers(dict[int, float]):
    """Numbers by the index of their bucket, and the signal that they come from."""

    def __init__(self, signal: MeasureSignal, numbers: Mapping[int, float] | None = None) -> None:
        super().__init__(numbers or {})
        self.signal: MeasureSignal = signal
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


def columns(
    queries: Sequence[Query], by: LabelValues, rows: Iterable[BucketRow]
) -> dict[Query, dict[LabelValues, BucketNumbers]]:
    """Rows of (bucket, labels `by`, numbers of the asks), by ask and the labels it asks for."""
    by_query: list[dict[LabelValues, BucketNumbers]] = [{} for _ in queries]
    columns = [
        (query, [by.index(label) for label in query.by], numbers_of)
        for query, numbers_of in zip(queries, by_query, strict=True)
    ]
    counted = set()
    for index, labels, values in rows:
        if queries[0].stat == "sessions" and not queries[0].stepped:
            # It may have been active in several buckets.
            if labels in counted:
                continue
            counted.add(labels)
        for (query, places, numbers_of), value in zip(columns, values, strict=True):
            if value is None:
                continue
            wanted = tuple([labels[place] for place in places])
            numbers = numbers_of.get(wanted)
            if numbers is None:
                numbers = numbers_of[wanted] = BucketNumbers(query.measure.signal)
            numbers.put(index if query.stepped else 0, value, query.stat)
    return dict(zip(queries, by_query, strict=True))


def label_values(by: Iterable[str], labels: Iterable[str | None]) -> LabelValues:
    """The labels with a word where a record has none."""
    return tuple(
        [
            MISSING.get(name, UNKNOWN) if label is None else label
            for name, label in zip(by, labels, strict=True)
        ]
    )


def answer(
    query: Query, by_labels: dict[LabelValues, BucketNumbers], window: Window, uncovered: list[bool]
) -> Answer:
    """Return a number a bucket: 0 if the recorder was running, None if it was not.

    It was where a record is, under whatever labels; `uncovered` says of each other bucket that it
    was not, and is of no use where one number is asked for.
    """
    buckets = window.buckets() if query.stepped else (window.whole,)
    zero = 0.0 if query.adds_up else None
    recorded = {index for numbers in by_labels.values() for index in numbers}
    blank = [
        None if query.stepped and uncovered[index] and index not in recorded else zero
        for index, _ in enumerate(buckets)
    ]
    return tuple(
        Series(
            dict(zip(query.by, labels, strict=True)),
            tuple(
                (bucket.to_ns, bounded(numbers[index]) if index in numbers else blank[index])
                for index, bucket in enumerate(buckets)
            ),
            numbers.signal,
            numbers.mixed,
        )
        for labels, numbers in sorted(by_labels.items())
    )
