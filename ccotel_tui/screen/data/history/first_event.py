"""The first event ever, on the day on which it came."""

from ccotel_tui.query.events import time_of
from ccotel_tui.query.query import Scope
from ccotel_tui.query.source import Source
from ccotel_tui.query.window import LONGEST_SESSION, Window


class FirstEvent:
    """Looked for until something older than the window is known of the source, or the first."""

    def __init__(self) -> None:
        self._older_ns: int | None = None
        self._first_ns: dict[int, int] = {}

    def read(self, source: Source, window: Window) -> int | None:
        """Return when the first event of the window came; None where others came before it.

        Raises SourceUnavailable.
        """
        from_ns = window.from_ns
        if self._older_ns is not None and self._older_ns <= from_ns:
            return None
        if from_ns in self._first_ns:
            return self._first_ns[from_ns]
        before = Window.between(from_ns - LONGEST_SESSION, from_ns, window.zone)
        if older := source.rows((), before, Scope(), 1):
            self._older_ns = time_of(older[0])
            return None
        if not (first := source.rows((), window, Scope(), 1, oldest=True)):
            return None
        # By the window's beginning, which a day keeps and a rolling window never has again.
        self._first_ns = {from_ns: time_of(first[0])}
        return self._first_ns[from_ns]
