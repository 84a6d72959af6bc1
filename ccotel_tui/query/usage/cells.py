"""What was used, split by attributes and time: the question, and the answer of a source."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import NamedTuple, Protocol

from ccotel_tui.query.measures import MeasureSignal
from ccotel_tui.query.query import Scope
from ccotel_tui.query.window import Window

OWN_LABELS = frozenset({"model", "source", "session_id", "prompt_id"})
"""Labels that are not attributes as they came: they are named as in `Query.by`."""


@dataclass(frozen=True, slots=True)
class UsageQuery:
    """All that requests amounted to, for each combination of these labels' values.

    A label is one of OWN_LABELS, or an attribute as the client spells it. `stepped` splits by the
    window's buckets too.
    """

    labels: tuple[str, ...] = ()
    stepped: bool = False


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
    input: float
    output: float
    cache_read: float
    cache_creation: float
    sessions: frozenset[str]
    prompts: frozenset[str]
    first_ns: int
    last_ns: int


class Branch(NamedTuple):
    """The branch that a prompt's tools told of, and when they did so last."""

    prompt_id: str
    name: str
    last_ns: int


class UsageSource(Protocol):
    """Answers with cells. Every method may block, and raises SourceUnavailable."""

    def cells(self, query: UsageQuery, window: Window, scope: Scope) -> list[UsageCell]:
        """Return a cell for each combination of values of requests in the window.

        A session that has counters and no request at all counts by its counters.
        """
        ...

    def branches(self, window: Window, scope: Scope) -> Iterable[Branch]:
        """Return the branches that tools told of in the window."""
        ...
