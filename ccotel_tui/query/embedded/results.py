"""Rows of SQL to answers. Pure."""

from collections.abc import Iterable, Mapping, Sequence

from ccotel_tui.query.embedded.bucket_cache import BucketRow
from ccotel_tui.query.finite import bounded
from ccotel_tui.query.measures import MeasureSignal
from ccotel_tui.query.query import Answer, Query, Series, Stat
from ccotel_tui.query.window import Window
from ccotel_tui.telemetry.conventions import MISSING, UNKNOWN

Labels = tuple[str, ...]


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
    asks: Sequence[Query], by: Labels, rows: Iterable[BucketRow]
) -> dict[Query, dict[Labels, BucketNumbers]]:
    """Rows of (bucket, labels `by`, numbers of the asks), by ask and the labels it asks for."""
    found: list[dict[Labels, BucketNumbers]] = [{} for _ in asks]
    columns = [
        (ask, [by.index(label) for label in ask.by], own)
        for ask, own in zip(asks, found, strict=True)
    ]
    counted = set()
    for index, labels, values in rows:
        if asks[0].stat == "sessions" and not asks[0].stepped:
            # It may have been active in several buckets.
            if labels in counted:
                continue
            counted.add(labels)
        for (ask, places, own), value in zip(columns, values, strict=True):
            if value is None:
                continue
            wanted = tuple([labels[place] for place in places])
            numbers = own.get(wanted)
            if numbers is None:
                numbers = own[wanted] = BucketNumbers(ask.measure.signal)
            numbers.put(index if ask.stepped else 0, value, ask.stat)
    return dict(zip(asks, found, strict=True))


def label_values(by: Iterable[str], labels: Iterable[str | None]) -> Labels:
    """The labels with a word where a record has none."""
    return tuple(
        [
            MISSING.get(name, UNKNOWN) if label is None else label
            for name, label in zip(by, labels, strict=True)
        ]
    )


def answer(
    ask: Query, found: dict[Labels, BucketNumbers], window: Window, unheard: list[bool]
) -> Answer:
    """A number a bucket: 0 where somebody listened in vain, None where nobody did.

    Where something is held, under whatever labels, somebody did. `unheard` tells it of each bucket,
    and is of no use where one number is asked for.
    """
    buckets = window.buckets() if ask.stepped else (window.whole,)
    in_vain = 0.0 if ask.adds_up else None
    held = {index for numbers in found.values() for index in numbers}
    blank = [
        None if ask.stepped and unheard[index] and index not in held else in_vain
        for index, _ in enumerate(buckets)
    ]
    return tuple(
        Series(
            dict(zip(ask.by, labels, strict=True)),
            tuple(
                (bucket.to_ns, bounded(numbers[index]) if index in numbers else blank[index])
                for index, bucket in enumerate(buckets)
            ),
            numbers.signal,
            numbers.mixed,
        )
        for labels, numbers in sorted(found.items())
    )
