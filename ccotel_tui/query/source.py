"""The protocols of what answers queries, and a backend that has them together.

A Source answers with records, a UsageSource with what they amount to. What is wrong with them is
told by Diagnostics, when there is news by a ChangeFeed. How calls run together, how they are
cancelled and what must be closed is neither's business: a Backend has it beside them.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from threading import Event
from typing import Any, Literal, Protocol

from ccotel_tui.query.measures import MeasureSignal
from ccotel_tui.query.query import (
    Answer,
    Branch,
    Current,
    EventKind,
    EventRow,
    Query,
    Scope,
    UsageCell,
    UsageQuery,
)
from ccotel_tui.query.window import Bucket, Window
from ccotel_tui.store.ahead import Ahead

BackendName = Literal["embedded", "stack"]

RunTogether = Callable[[Iterable[Callable[[], Any]]], list[Any]]
"""Returns what these calls return, in their order; the first that raises ends all."""


Waits = Mapping[str, float]
"""Milliseconds that each tool call waited for its permission, by its tool_use_id."""


class Source(Protocol):
    """Answers queries. Every method may block, and raises SourceUnavailable."""

    def numbers(
        self, queries: Iterable[Query], window: Window, scope: Scope
    ) -> dict[Query, Answer]:
        """Return the answer to each query, all from the same moment where the source can."""
        ...

    def rows(
        self,
        kinds: Iterable[EventKind],
        window: Window,
        scope: Scope,
        limit: int,
        *,
        oldest: bool = False,
    ) -> list[EventRow]:
        """Return the newest events of these kinds (of all, where none is named), newest last.

        The `oldest` of the window where those are asked for, in the same order.
        """
        ...

    def rows_within(
        self, kind: EventKind, stretches: Sequence[Bucket], scope: Scope
    ) -> list[EventRow]:
        """Return the events of this kind in these stretches, and maybe some between them.

        The stretches are apart from one another and in order, and so are the rows.
        """
        ...

    def current(self, to_ns: int, scope: Scope) -> Current | None:
        """Return the session of the newest activity up to then."""
        ...

    def last_record_ns(self, now_ns: int) -> int | None:
        """Return the time of the newest record of any kind that is not dated after now."""
        ...


class UsageSource(Protocol):
    """Answers with cells. Every method may block, and raises SourceUnavailable."""

    def cells(self, query: UsageQuery, window: Window, scope: Scope) -> list[UsageCell]:
        """Return a cell for each combination of values of requests in the window.

        A session that has counters and no request at all counts by its counters.
        """
        ...

    def users(self, sessions: Iterable[str], window: Window) -> dict[str, str]:
        """Return the user of each of these sessions whose requests in the window tell one."""
        ...

    def cache_writes(
        self, window: Window, scope: Scope
    ) -> Mapping[tuple[str, str], tuple[float, float]]:
        """Return the tokens written to the cache for 5 minutes and for an hour, where told so.

        They are by model and speed, as the labels of cells.
        """
        ...

    def branches(self, window: Window, scope: Scope) -> Iterable[Branch]:
        """Return the branches that tools told of in the window."""
        ...


class Diagnostics(Protocol):
    """Reports what is missing from a source's records. Raises SourceUnavailable as it does."""

    def unrecorded_cost(self, sessions: Iterable[str], to_ns: int) -> float | None:
        """Return the dollars that these sessions spent up to then while no recorder ran.

        They are the excess of counters over events, over each session's life. None where that is
        not knowable; not finite where a record is beyond all sums.
        """
        ...

    def lost_events(self, sessions: Iterable[str], window: Window) -> Mapping[str, int]:
        """Return how many events of each of these sessions were sent and not received.

        They were active in the window; each is looked up in its whole life. A session of which
        that is not known is left out.
        """
        ...

    def unknown_attributes(self, scope: Scope) -> list[str]:
        """Return the attributes that the scope selects by and no record has, where knowable."""
        ...

    def keeps_resource_attributes(self) -> bool:
        """Return whether a record has the attributes of its resource too."""
        ...

    def dropped_records(self, window: Window) -> Mapping[MeasureSignal, int]:
        """Return how many records the collector of a stack dropped in the window, by signal."""
        ...

    def remarks(self, window: Window) -> Mapping[MeasureSignal, Sequence[str]]:
        """Return sentences on what a stack refused or holds that no number shows, by signal."""
        ...

    def partial_answers(self) -> Mapping[MeasureSignal, str]:
        """Return a sentence for each signal of which a part was missing from a server's answer.

        It asks nothing: it is of the answers of the last minute.
        """
        ...

    def ahead(self, now_ns: int) -> Ahead | None:
        """Return the records that are dated after now by more than SKEW_NS, if there are any."""
        ...


class ChangeFeed(Protocol):
    """Tells cheaply, and from any thread, whether a source may answer otherwise than before."""

    def version(self) -> int:
        """Return a number that changes when there is news."""
        ...


class NoDiagnostics:
    """Diagnostics of a source of which nothing is known to be missing."""

    def unrecorded_cost(self, sessions: Iterable[str], to_ns: int) -> float | None:
        return None

    def lost_events(self, sessions: Iterable[str], window: Window) -> Mapping[str, int]:
        return {}

    def unknown_attributes(self, scope: Scope) -> list[str]:
        return []

    def keeps_resource_attributes(self) -> bool:
        return True

    def dropped_records(self, window: Window) -> Mapping[MeasureSignal, int]:
        return {}

    def remarks(self, window: Window) -> Mapping[MeasureSignal, Sequence[str]]:
        return {}

    def partial_answers(self) -> Mapping[MeasureSignal, str]:
        return {}

    def ahead(self, now_ns: int) -> Ahead | None:
        return None


class NoUsage:
    """A source of usage that holds no requests."""

    def cells(self, query: UsageQuery, window: Window, scope: Scope) -> list[UsageCell]:
        return []

    def users(self, sessions: Iterable[str], window: Window) -> dict[str, str]:
        return {}

    def cache_writes(
        self, window: Window, scope: Scope
    ) -> Mapping[tuple[str, str], tuple[float, float]]:
        return {}

    def branches(self, window: Window, scope: Scope) -> list[Branch]:
        return []


def waits_not_known(session_id: str) -> Waits | None:
    """Return no waits: a source without spans knows of none."""
    return None


def run_in_order(calls: Iterable[Callable[[], Any]]) -> list[Any]:
    """Run the calls one after the other."""
    return [call() for call in calls]


@dataclass(frozen=True)
class Backend:
    """A source that is open, and what belongs to it.

    `run_together` runs calls that ask it: at the same time where that is quicker, in one read
    transaction where it has one. While `cancelled` is set, what is being asked ends with
    SourceUnavailable: nobody waits for it. Without `changes` only asking again shows news. `waits`
    returns those of a session's tool calls, None where it has sent no spans.
    """

    name: BackendName
    source: Source
    diagnostics: Diagnostics = field(default_factory=NoDiagnostics)
    changes: ChangeFeed | None = None
    run_together: RunTogether = run_in_order
    cancelled: Event = field(default_factory=Event)
    close: Callable[[], None] = lambda: None
    usage: UsageSource = field(default_factory=NoUsage)
    waits: Callable[[str], Waits | None] = waits_not_known
