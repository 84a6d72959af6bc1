"""The view of what each whole session cost by its events and by its counters."""

from textual.app import ComposeResult
from textual.content import Content

from ccotel_tui.panels.output.reconciliation import reconciliation_lines
from ccotel_tui.query.reconcile import reconcile
from ccotel_tui.screen import strings
from ccotel_tui.screen.data.snapshot import Snapshot
from ccotel_tui.screen.views.sections.view import View
from ccotel_tui.screen.widgets.text_lines import Lines


class ReconcileView(View):
    """The sessions whose costs do not agree, each with why."""

    wants_reconciliation = staticmethod(reconcile)

    def __init__(self, name: str) -> None:
        super().__init__(id=name)

    def compose(self) -> ComposeResult:
        yield Lines()

    def show(self, snapshot: Snapshot) -> None:
        super().show(snapshot)
        # Nothing where the first answer of another window or session failed.
        reconciled, zone = snapshot.reconciled, snapshot.window.zone
        lines = [] if reconciled is None else reconciliation_lines(reconciled, zone)
        self.query_one(Lines).show([Content(strings.translated(line)) for line in lines])
