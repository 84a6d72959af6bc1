"""The overview's numbers in as few lines as the pane has, the most important first."""

import json

from textual.content import Content
from textual.geometry import Size
from textual.reactive import reactive

from ccotel_tui.panels.output.document import panel_document
from ccotel_tui.panels.result import PanelAnswer
from ccotel_tui.screen import strings
from ccotel_tui.screen.data.snapshot import Snapshot
from ccotel_tui.screen.format.cells import NARROW
from ccotel_tui.screen.format.overview.comparisons import Comparisons
from ccotel_tui.screen.format.overview.lines import OverviewLines
from ccotel_tui.screen.format.overview.tiles import tiles_that_fit
from ccotel_tui.screen.widgets.overview.links import LinkedText


class Summary(LinkedText):
    """Costs, tokens, lines, tools, what is going on, who waits, what went wrong."""

    DEFAULT_CSS = "Summary { height: auto; }"

    snapshot: reactive[Snapshot | None] = reactive(None)
    comparisons: Comparisons | None = None
    """Set before the snapshot: what its numbers are compared with."""

    @property
    def title(self) -> str:
        return strings.SECTIONS["overview"][0]

    @property
    def answers(self) -> list[PanelAnswer]:
        return list(self.snapshot.answers.values()) if self.snapshot else []

    def copied(self, *, as_json: bool) -> str:
        """The id of this session, or all that is told as one JSON document."""
        if self.snapshot is None:
            return ""
        if as_json:
            window = self.snapshot.window
            answers = self.snapshot.answers.items()
            return json.dumps({id: panel_document(answer, window) for id, answer in answers})
        session = self.snapshot.present.session
        return session.session_id if session else ""

    def watch_snapshot(self) -> None:
        # To lay the screen out costs more than to paint these lines.
        self.refresh(layout=self._height(self.size.width) != self.size.height)

    def get_content_height(self, container: Size, viewport: Size, width: int) -> int:
        """Return the lines at the width that it is to have, which is not yet its own."""
        return self._height(width)

    def text(self) -> Content:
        return self._content(self.size.width)

    def _height(self, width: int) -> int:
        return self._content(width).plain.count("\n") + 1

    def _content(self, width: int) -> Content:
        if self.snapshot is None or self.comparisons is None:
            return Content.styled(strings.LOADING, "italic $foreground-muted")
        lines = OverviewLines(self.snapshot, self.comparisons, width)
        if self.app.size.width < NARROW:
            return Content("\n").join(lines.narrow())
        return Content("\n").join(lines.below_tiles(tiles_that_fit(self.app.size.width)))
