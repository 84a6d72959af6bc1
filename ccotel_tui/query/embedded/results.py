"""Rows of SQL to answers. Pure."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from operator import itemgetter

from ccotel_tui.query.embedded.bucket_cache import BucketRow
from ccotel_tui.query.finite import bounded
from ccotel_tui.query.measures import MeasureSignal
from ccotel_tui.query.query import Answer, LabelValues, Query, Series, Stat
from ccotel_tui.query.window import Window
from ccotel_tui.telemetry.conventions import stand_in


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


def numbers_by_query(
    queries: Sequence[Query], by: LabelValues, rows: Iterable[BucketRow]
) -> dict[Query, dict[LabelValues, BucketNumbers]]:
    """The numbers of rows (bucket, labels `by`, a number a query), by query and its own labels."""
    if queries[0].stat == "sessions" and not queries[0].stepped:
        # One may have been active in several buckets.
        rows = {row[1]: row for row in reversed(tuple(rows))}.values()
    rows = tuple(rows)
    by_query: dict[Query, dict[LabelValues, BucketNumbers]] = {}
    for place, query in enumerate(queries):
        wanted = _labels_of(query, by)
        numbers_of = by_query[query] = {}
        for index, labels, values in rows:
            if (value := values[place]) is None:
                continue
            numbers = numbers_of.get(key := wanted(labels))
            if numbers is None:
                numbers = numbers_of[key] = BucketNumbers(query.measure.signal)
            numbers.put(index if query.stepped else 0, value, query.stat)
    return by_query


def _labels_of(query: Query, by: LabelValues) -> Callable[[LabelValues], LabelValues]:
    """What takes the query's labels from those of a row."""
    if query.by == by:
        return lambda labels: labels
    if len(places := [by.index(label) for label in query.by]) > 1:
        return itemgetter(*places)
    first = slice(places[0], places[0] + 1) if places else slice(0)
    return itemgetter(first)


def label_values(by: Iterable[str], labels: Iterable[str | None]) -> LabelValues:
    """The labels with a word where a record has none."""
    labels = tuple(labels)
    if None not in labels:
        return labels  # type: ignore[return-value]
    return tuple(
        [stand_in(name) if label is None else label for name, label in zip(by, labels, strict=True)]
    )


def answer(
    query: Query, by_labels: dict[LabelValues, BucketNumbers], window: Window, uncovered: list[bool]
) -> Answer:
    """Return a number a bucket: 0 if the recorder was running, None if it was not.

    It was where a record is, under whatever labels; `uncovered` says of each other bucket that it
    was not, and is of no use where one number is asked for.
    """
    ends = [bucket.to_ns for bucket in (window.buckets() if query.stepped else (window.whole,))]
    zero = 0.0 if query.empty_is_zero else None
    recorded = {index for numbers in by_labels.values() for index in numbers}
    blank = [
        None if query.stepped and uncovered[index] and index not in recorded else zero
        for index, _ in enumerate(ends)
    ]
    return tuple(
        Series(
            dict(zip(query.by, labels, strict=True)),
            tuple(
                [
                    (end_ns, bounded(numbers[index]) if index in numbers else blank[index])
                    for index, end_ns in enumerate(ends)
                ]
            ),
            numbers.signal,
            numbers.mixed,
        )
        for labels, numbers in sorted(by_labels.items())
    )
