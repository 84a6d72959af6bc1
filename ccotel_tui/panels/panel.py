"""What a panel is: neutral questions, and what is made of their answers."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from enum import Enum
from typing import Literal

from ccotel_tui.query.ask import Ask
from ccotel_tui.query.measures import Unit

Kind = Literal["stat", "lines", "ranked bars"]
Section = Literal["overview", "cost", "tools"]


class Span(Enum):
    """The time that a number is about."""

    WINDOW = "the window"
    TODAY = "since local midnight"
    DAYS_7 = "the last 7 x 24 hours"
    DAYS_30 = "the last 30 x 24 hours"
    SESSION = "the current session's whole life"


@dataclass(frozen=True)
class Total:
    """The sum of what the answer holds under these labels."""

    ask: Ask
    labels: Mapping[str, str] = field(default_factory=dict)
    span: Span = Span.WINDOW


@dataclass(frozen=True)
class Ratio:
    """A part of a whole; nothing where there is no whole."""

    part: "Number"
    whole: "Number"


@dataclass(frozen=True)
class Minus:
    left: "Number"
    right: "Number"


Number = Total | Ratio | Minus


@dataclass(frozen=True)
class Curves:
    """A series for each of the ask's own, as it is or summed up as it goes."""

    ask: Ask
    running: bool = False


@dataclass(frozen=True)
class Rows:
    """A row for each value of a label, most of the first column first."""

    label: str
    columns: Mapping[str, Number]


@dataclass(frozen=True)
class Panel:
    """One panel, the same on the screen, in JSON and in Grafana.

    `title` and `footnote` are in English. The value is in `unit`; a footnote says what a reader
    would otherwise take wrongly.
    """

    id: str
    title: str
    section: Section
    kind: Kind
    unit: Unit
    value: Number
    parts: Mapping[str, Number] = field(default_factory=dict)
    curves: Curves | None = None
    rows: Rows | None = None
    footnote: str = ""

    def asked(self) -> frozenset[tuple[Span, Ask]]:
        """Every distinct question, and over which time it is asked."""
        found = {pair for number in self._numbers() for pair in leaves(number)}
        if self.curves:
            found.add((Span.WINDOW, self.curves.ask))
        return frozenset(found)

    def _numbers(self) -> Iterator[Number]:
        yield self.value
        yield from self.parts.values()
        if self.rows:
            yield from self.rows.columns.values()


def leaves(number: Number) -> Iterator[tuple[Span, Ask]]:
    """The questions that a number is made from."""
    match number:
        case Total():
            yield number.span, number.ask
        case Ratio():
            yield from leaves(number.part)
            yield from leaves(number.whole)
        case Minus():
            yield from leaves(number.left)
            yield from leaves(number.right)
