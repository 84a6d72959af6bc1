"""A panel: neutral questions, and the numbers made of their answers."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from enum import Enum
from typing import Literal, NamedTuple

from ccotel_tui.query.measures import Unit
from ccotel_tui.query.query import EventKind, Query

Kind = Literal["stat", "stats and bars", "lines", "bars", "ranked bars", "success bars", "rows"]
Section = Literal["overview", "cost", "tools", "performance", "productivity", "events"]


class Span(Enum):
    """The time, and for the last two the records, that a number is about."""

    WINDOW = "the window"
    BEFORE = "as long a time, up to the window"
    MINUTES_5 = "the last 5 minutes"
    TODAY = "since local midnight"
    DAYS_7 = "the last 7 x 24 hours"
    DAYS_30 = "the last 30 x 24 hours"
    SESSION = "the current session's whole life"
    PROMPT = "the current session's newest prompt"


@dataclass(frozen=True)
class Sum:
    """The sum of what the answer holds under these labels, 0 where it holds nothing."""

    query: Query
    labels: Mapping[str, str] = field(default_factory=dict)
    span: Span = Span.WINDOW


class SingleValue(NamedTuple):
    """The one number that the answer holds under these labels, nothing where it holds none."""

    query: Query
    span: Span = Span.WINDOW


@dataclass(frozen=True)
class UnrecordedCost:
    """Dollars that the window's sessions spent while nobody listened."""


class Ratio(NamedTuple):
    """A part of a whole; nothing where there is no whole."""

    part: "Number"
    whole: "Number"


class Difference(NamedTuple):
    left: "Number"
    right: "Number"


class Addition(NamedTuple):
    numbers: tuple["Number", ...]


class PerMinute(NamedTuple):
    """The number over the minutes of its bucket, or of the window."""

    number: "Number"


Number = Sum | SingleValue | UnrecordedCost | Ratio | Difference | Addition | PerMinute


@dataclass(frozen=True)
class Curves:
    """Series over the window's buckets.

    A series for each value of `label` under which the number's answers hold something; or those
    of `named`, under that label; or one without labels. `total` is what a series amounts to over
    the window, where that is not the number itself.
    """

    number: "Number | None" = None
    label: str = ""
    named: Mapping[str, "Number"] = field(default_factory=dict)
    running: bool = False
    total: "Number | None" = None


class Rows(NamedTuple):
    """A row for each value of a label, most of the first column first."""

    label: str
    columns: Mapping[str, Number]

    def unit(self, column: str) -> Unit:
        """The unit of a column's numbers."""
        return unit_of(self.columns[column])


NEEDED: Mapping[Kind, tuple[str, ...]] = {
    "stat": ("value",),
    "stats and bars": ("value", "parts", "curves"),
    "lines": ("value", "curves"),
    "bars": ("value", "curves"),
    "ranked bars": ("value", "rows"),
    "success bars": ("value", "rows"),
    "rows": ("events",),
}
"""The fields of a panel without which its kind has nothing to draw."""

SUCCESS_COLUMNS = frozenset({"success", "failure", "ratio"})
"""What success bars draw of each row."""


class PanelWords(NamedTuple):
    """What is said of a panel in another language, by the names of the panel's own words."""

    title: str
    meaning: str = ""
    short: str = ""
    subject: str = ""
    increment: str = ""
    footnote: str = ""


@dataclass(frozen=True)
class Panel:
    """One panel, the same on the screen, in JSON and in Grafana.

    Its words are in English: `meaning` says in a sentence what its number is, `short` is the title
    in a narrow pane where that is not `title`, `subject` the title without the key that it names,
    `increment` the same of what a running sum grew by, where that is neither of these, and a
    footnote says what a reader would otherwise take wrongly. The value is in `unit`. `events` are
    the kinds whose rows it shows. Raises ValueError where the kind needs a field that is not there.
    `key` is the one of usage that its series and rows are by, where that is not the panel's own.
    `counts` are what shares are made of: a chart of them tells 1 of 2 from 100 of 200.
    """

    id: str
    title: str
    section: Section
    kind: Kind
    unit: Unit
    meaning: str = ""
    short: str = ""
    subject: str = ""
    increment: str = ""
    value: Number | None = None
    parts: Mapping[str, Number] = field(default_factory=dict)
    curves: Curves | None = None
    counts: Curves | None = None
    rows: Rows | None = None
    events: tuple[EventKind, ...] = ()
    footnote: str = ""
    key: str = ""

    def __post_init__(self) -> None:
        lacking = [name for name in NEEDED[self.kind] if not getattr(self, name)]
        if self.kind == "success bars" and self.rows:
            lacking += sorted(SUCCESS_COLUMNS - self.rows.columns.keys())
        if lacking:
            raise ValueError(f"Panel {self.id}: {self.kind} need {' and '.join(lacking)}.")

    def part_unit(self, name: str) -> Unit:
        """The unit of a part's number."""
        return unit_of(self.parts[name])

    def queries(self) -> list[tuple[Span, Query]]:
        """Every distinct query, and over which time it is asked; the value's comes first."""
        return list(dict.fromkeys(pair for n in self.numbers() for pair in leaves(n)))

    def numbers(self) -> Iterator[Number]:
        """Every number that the panel shows."""
        if self.value:
            yield self.value
        yield from self.parts.values()
        for curves in filter(None, (self.curves, self.counts)):
            yield from (n for n in (curves.number, curves.total) if n)
            yield from curves.named.values()
        if self.rows:
            yield from self.rows.columns.values()


def leaves(number: Number) -> Iterator[tuple[Span, Query]]:
    """The questions that a number is made from."""
    match number:
        case Sum() | SingleValue():
            yield number.span, number.query
        case UnrecordedCost():
            return
        case Ratio(first, second) | Difference(first, second):
            yield from leaves(first)
            yield from leaves(second)
        case Addition(numbers):
            for term in numbers:
                yield from leaves(term)
        case PerMinute(inner):
            yield from leaves(inner)


def unit_of(number: Number) -> Unit:
    """The unit that follows from what the number is made of."""
    match number:
        case Sum(query):
            return query.measure.unit if query.stat == "sum" else "1"
        case SingleValue(query):
            return query.measure.unit
        case UnrecordedCost():
            return "usd"
        case Ratio():
            return "ratio"
        case Difference(left):
            return unit_of(left)
        case Addition(numbers):
            return unit_of(numbers[0])
        case PerMinute():
            return "1/min"
