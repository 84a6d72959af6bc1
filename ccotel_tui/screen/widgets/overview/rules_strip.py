"""The worst of the rules that hold, in one line; Enter or a click shows the rows behind it."""

from collections.abc import Sequence

from textual.binding import Binding
from textual.widget import Widget

from ccotel_tui.query.rules.rules import Alert
from ccotel_tui.screen.data.snapshot import Snapshot
from ccotel_tui.screen.format.rules.words import rules_strip
from ccotel_tui.screen.messages import AlertsWanted
from ccotel_tui.screen.widgets.text_lines import Lines


class RulesStrip(Lines, can_focus=True):
    """No line where no rule holds."""

    BINDINGS = [Binding("enter", "open", show=False)]
    DEFAULT_CSS = "RulesStrip:focus { text-style: reverse; }"

    _alerts: Sequence[Alert] = ()
    _snapshot: Snapshot | None = None

    def on_mount(self) -> None:
        super().on_mount()
        self.display = False

    def show_alerts(self, alerts: Sequence[Alert], snapshot: Snapshot) -> None:
        self._alerts, self._snapshot = alerts, snapshot
        self.fit()

    def on_resize(self) -> None:
        self.fit()

    def fit(self) -> None:
        """Show the line in the room that there is; while there is none it has no size to tell."""
        if self._snapshot is not None and isinstance(self.parent, Widget):
            self.show(rules_strip(self._alerts, self._snapshot, self.parent.size.width))
            # What is below keeps its place: a list gives the line.
            self.parent.set_class(self.display, "-with-strip")

    def on_click(self) -> None:
        self.action_open()

    def action_open(self) -> None:
        self.post_message(AlertsWanted())
