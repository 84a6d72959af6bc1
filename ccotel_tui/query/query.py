"""A question and its answer, in no query language."""

from collections.abc import Mapping
from typing import Literal, NamedTuple

from ccotel_tui.query.measures import Condition, Measure, MeasureSignal
from ccotel_tui.sentences import Sentence

Stat = Literal["sum", "irregular", "readable", "negative", "sessions", "first", "last"] | float
"""What is made of the records: the sum of their fields, how many lack the one field as a number
that is not below 0, how many have it as a number, or as one below 0, the number of sessions that
have a record, the time of the first or the last in Unix nanoseconds, or a quantile (0.95) of their
raw values, linear between ranks."""

SUMS: frozenset[Stat] = frozenset({"sum", "irregular", "readable", "negative"})
"""They add up over records, and so over any parts of a window."""

LabelValues = tuple[str, ...]
"""Of a query's labels, in the order of `by`; in a query language their names."""


class Query(NamedTuple):
    """An aggregate of a measure over a window.

    `by` splits it into a series for each value of those labels, `where` keeps the records that
    meet all conditions; `stepped` asks for a number a bucket, else there is one for the window.
    """

    measure: Measure
    by: tuple[str, ...] = ()
    where: tuple[Condition, ...] = ()
    stepped: bool = False
    stat: Stat = "sum"

    @property
    def empty_is_zero(self) -> bool:
        """Return whether a bucket without records is 0: a quantile of nothing is none."""
        return self.stat in SUMS or self.stat == "sessions"


class Scope(NamedTuple):
    """Whose records count.

    `session_id` may be the beginning of an id; where `sessions` is not None, only those count;
    `model` is a part of a name, in any case. `attributes` are the client's or the user's own, dots
    and underscores alike; an empty value selects records without it. `texts` are of events only: an
    attribute's name, dots as underscores, and what its value has in it, in any case of a to z;
    under an empty name any attribute may have it.
    """

    session_id: str = ""
    model: str = ""
    attributes: tuple[tuple[str, str], ...] = ()
    texts: tuple[tuple[str, str], ...] = ()
    sessions: tuple[str, ...] | None = None

    @property
    def of_sessions(self) -> "Scope":
        """The scope that selects by sessions alone."""
        return Scope(self.session_id, sessions=self.sessions)


class Series(NamedTuple):
    """Numbers under one set of labels.

    `points` holds (end of the bucket in Unix nanoseconds, number), one for each bucket asked; a
    number is None where it cannot be known, and where a quantile has no records, and NaN where it
    is beyond what can be shown. `mixed`: some of it is told by counters only. `exact` is False
    where it is the best approximation.
    """

    labels: Mapping[str, str]
    points: tuple[tuple[int, float | None], ...]
    signal: MeasureSignal = "events"
    mixed: bool = False
    exact: bool = True


RESTARTS_GUESSED = Sentence(
    "restarts_guessed",
    "Approximate: these counters do not tell when they began (the label stream_start), so that "
    "restarts are guessed.",
)
"""Why a series is not exact."""

Answer = tuple[Series, ...]
"""No series at all: there was no record that the question reads."""


def numbers_by_session(answer: Answer) -> dict[str, float]:
    """Return the numbers of an answer of one bucket by session: 0 where one cannot be known."""
    return {series.labels["session_id"]: series.points[0][1] or 0.0 for series in answer}


class EventKind(NamedTuple):
    """Events of a name; `only` those that meet the condition."""

    name: str
    only: Condition | None = None


EventRow = dict[str, str | float | bool | None]
"""An event's attributes, dots as underscores, with `time` (Unix nanoseconds) and `event_name`."""

ALL_ROWS = 1 << 62
"""The limit of who wants all rows."""


class Current(NamedTuple):
    """The session of the newest activity, and the newest prompt in it."""

    session_id: str
    prompt_id: str | None


OWN_LABELS = frozenset({"model", "source", "session_id", "prompt_id"})
"""Labels that are not attributes as they came: they are named as in `Query.by`."""


class UsageQuery(NamedTuple):
    """All that requests amounted to, for each combination of these labels' values.

    A label is one of OWN_LABELS, or an attribute as the client spells it. `stepped` splits by the
    window's buckets too.
    """

    labels: tuple[str, ...] = ()
    stepped: bool = False


class TokenKinds(NamedTuple):
    """Tokens of each kind."""

    input: float
    output: float
    cache_read: float
    cache_creation: float


class UsageCell(NamedTuple):
    """What requests amounted to that have these values, in the order of the query's labels.

    A value is empty where they lack it. `to_ns` is the end of their bucket, or of the window;
    `first_ns` and `last_ns` are the times of the first and the last. The cost is None where none
    of them told one. Of `counters`, which tell of no requests and no prompts, `requests` is 0.
    """

    labels: tuple[str, ...]
    to_ns: int
    signal: MeasureSignal
    requests: int
    cost: float | None
    tokens: TokenKinds
    sessions: frozenset[str]
    prompts: frozenset[str]
    first_ns: int
    last_ns: int


class Branch(NamedTuple):
    """The branch that a prompt's tools told of, and when they did so last."""

    prompt_id: str
    name: str
    last_ns: int
