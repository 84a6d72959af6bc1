"""The events of one session over its whole life, read page by page."""

from collections.abc import Sequence
from dataclasses import dataclass

from ccotel_tui.panels.events import join_given_up
from ccotel_tui.query.events import tells_failure, time_of
from ccotel_tui.query.prompts.folded import SUBAGENT_COMPLETED
from ccotel_tui.query.prompts.rows import PROMPT_EVENTS, PromptRow, prompt_rows
from ccotel_tui.query.query import EventKind, EventRow, Scope
from ccotel_tui.query.source import Backend, Source, Waits
from ccotel_tui.query.window import Window
from ccotel_tui.telemetry.conventions import COMPACTION, FAILURES

SESSION_PAGE = 5_000
"""Events that are read at a time: the newest each time anew, older ones once."""

MOST_OLDER = 100_000
"""Events of a session that are held beside its newest."""

_KINDS = tuple(
    map(EventKind, dict.fromkeys((*PROMPT_EVENTS, *FAILURES, SUBAGENT_COMPLETED, COMPACTION)))
)


@dataclass(frozen=True)
class SessionLife:
    """What a session did: its prompts, and the events that failed, both in the order of time.

    `compactions` are the times (Unix nanoseconds) at which its context was made smaller.
    `reads_on`: older events are still to be read; `cut`: there are some, and none will be.
    """

    events: Sequence[EventRow] = ()
    prompts: Sequence[PromptRow] = ()
    failures: Sequence[EventRow] = ()
    compactions: Sequence[int] = ()
    reads_on: bool = False
    cut: bool = False


class SessionEvents:
    """Holds the older events of the session that was asked about last, and of no other."""

    def __init__(self) -> None:
        self.forget()

    def forget(self) -> None:
        """Hold nothing: what came late for a time long ago is seen when it is read anew."""
        self._about: tuple[Source, Scope] | None = None
        self._older: list[EventRow] = []
        self._edge_ns = 0
        self._read_to_ns: int | None = None

    def read(self, backend: Backend, life: Window, scope: Scope) -> SessionLife:
        """Read the newest events, and from the second time on a page of older ones.

        Raises SourceUnavailable.
        """
        source, waits = backend.source, backend.waits(scope.session_id)
        if self._about != (source, scope):
            self.forget()
            newest, self._read_to_ns = _page(source, life, scope)
            if self._read_to_ns is None:
                return _life(newest, waits)
            self._about, self._edge_ns = (source, scope), self._read_to_ns
        else:
            newest = source.rows(_KINDS, life._replace(from_ns=self._edge_ns), scope, MOST_OLDER)
            self._read_older(source, life, scope)
        events = [*self._older, *newest]
        if len(newest) > 2 * SESSION_PAGE:
            self._edge_ns = time_of(newest[-SESSION_PAGE])
            self._older = [row for row in events if time_of(row) <= self._edge_ns]
        full = len(self._older) >= MOST_OLDER
        is_left = self._read_to_ns is not None
        return _life(events, waits, reads_on=is_left and not full, cut=is_left and full)

    def _read_older(self, source: Source, life: Window, scope: Scope) -> None:
        if self._read_to_ns is None or len(self._older) >= MOST_OLDER:
            return
        older, self._read_to_ns = _page(source, life._replace(to_ns=self._read_to_ns), scope)
        self._older = [*older, *self._older]


def _page(source: Source, window: Window, scope: Scope) -> tuple[list[EventRow], int | None]:
    """Return the newest events, and the time up to which older ones are left; None without any."""
    page = source.rows(_KINDS, window, scope, SESSION_PAGE)
    if len(page) < SESSION_PAGE:
        return page, None
    # Of the oldest time some may be cut off.
    edge_ns = time_of(page[0])
    above = [row for row in page if time_of(row) > edge_ns]
    if above:
        return above, edge_ns
    moment = window._replace(from_ns=edge_ns - 1, to_ns=edge_ns)
    return source.rows(_KINDS, moment, scope, MOST_OLDER), edge_ns - 1


def _life(
    events: list[EventRow], waits: Waits | None, *, reads_on: bool = False, cut: bool = False
) -> SessionLife:
    failures = [row for row in join_given_up(events) if tells_failure(row)]
    compactions = [
        time_of(row)
        for row in events
        if row["event_name"] == COMPACTION and row.get("success") is not False
    ]
    return SessionLife(events, prompt_rows(events, waits), failures, compactions, reads_on, cut)
