"""The lines on a session's context and cache and on the plan's limits, counting down."""

from time import monotonic_ns

from textual.widget import Widget

from ccotel_tui.screen.data.snapshot import Snapshot
from ccotel_tui.screen.format.status_line.lines import is_counting_down, told_lines
from ccotel_tui.screen.widgets.text_lines import Lines


class SessionStatusLines(Lines):
    """What the status line told of the session that is meant; no line where it told nothing."""

    _snapshot: Snapshot | None = None
    _shown_at = 0

    def on_mount(self) -> None:
        super().on_mount()
        self.display = False
        self.set_interval(1.0, self._count_down)

    def show_snapshot(self, snapshot: Snapshot) -> None:
        self._snapshot, self._shown_at = snapshot, monotonic_ns()
        self.fit()

    def on_resize(self) -> None:
        self.fit()

    def fit(self) -> None:
        """Show the lines in the room that there is; while there are none it has no size to tell."""
        if self._snapshot is None or not isinstance(self.parent, Widget):
            return
        width = self.parent.size.width
        lines = told_lines(self._snapshot, self._now_ns, width)
        self.display = bool(lines)
        if lines:
            self.show(lines)

    @property
    def _now_ns(self) -> int:
        """The snapshot's own time, gone on: what counts down does so between two answers."""
        assert self._snapshot is not None
        return self._snapshot.now_ns + monotonic_ns() - self._shown_at

    def _count_down(self) -> None:
        if self._snapshot is not None and is_counting_down(self._snapshot, self._now_ns):
            self.fit()
