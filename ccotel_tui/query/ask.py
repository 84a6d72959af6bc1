"""A question and its answer, in no query language."""

from collections.abc import Mapping
from dataclasses import dataclass

from ccotel_tui.query.measures import Measure


@dataclass(frozen=True, slots=True)
class Ask:
    """The sum of a measure over a window.

    `by` splits it into a series for each value of those labels, `where` keeps the records whose
    label has that value; `stepped` asks for a number a bucket, else there is one for the window.
    """

    measure: Measure
    by: tuple[str, ...] = ()
    where: tuple[tuple[str, str], ...] = ()
    stepped: bool = False


@dataclass(frozen=True, slots=True)
class Scope:
    """Whose records count.

    `session_id` may be the beginning of an id; `model` is a part of a name, in any case.
    """

    session_id: str = ""
    model: str = ""

    def lacking(self, measure: Measure) -> str | None:
        """The label that this scope selects by and the measure's records do not carry."""
        return "model" if self.model and "model" not in measure.labels else None


@dataclass(frozen=True, slots=True)
class Series:
    """Numbers under one set of labels.

    `points` holds (end of the bucket in Unix nanoseconds, number), one for each bucket asked; a
    number is None where it cannot be known.
    """

    labels: Mapping[str, str]
    points: tuple[tuple[int, float | None], ...]


Answer = tuple[Series, ...]
"""No series at all: there was no record that the question reads."""
