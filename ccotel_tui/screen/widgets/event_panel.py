"""A panel whose answer is rows of events."""

from collections import Counter

from textual.app import ComposeResult
from textual.content import Content
from textual.geometry import Size

from ccotel_tui.panels.output.sanitize import sanitize
from ccotel_tui.panels.result import PanelAnswer
from ccotel_tui.screen.format.cells import join_cells
from ccotel_tui.screen.widgets.blank import blank_lines
from ccotel_tui.screen.widgets.list_panel import ListPanel
from ccotel_tui.screen.widgets.lists.events import EventList
from ccotel_tui.screen.widgets.text_lines import Lines

_LOW = 4

_LIST_FROM = 3
"""Rows from which there is room for a row below the columns' names."""


class EventPanel(ListPanel, can_focus=False):
    DEFAULT_CSS = "EventPanel { layout: vertical; }"

    render_lines = blank_lines

    def compose(self) -> ComposeResult:
        yield Lines(classes="heading")
        yield Lines(classes="columns")
        yield EventList(cost=False)

    def on_mount(self) -> None:
        self._update()
        for change in ("scroll_y", "filled_size"):
            self.watch(self.query_one(EventList), change, self._update)

    def fit(self) -> None:
        super().fit()
        self._update()

    @property
    def rows_height(self) -> int:
        """The lines above the rows, the columns' names, and a line a row."""
        return len(self.head(self.size.width)) + self.has_numbers + _count(self.answer)

    def get_content_height(self, container: Size, viewport: Size, width: int) -> int:
        """The heading, the columns' names, and a line a row; two fifths of the page at most."""
        return min(1 + self.has_numbers + _count(self.answer), max(_LOW, container.height * 2 // 5))

    def watch_answer(self, former: PanelAnswer | None, answer: PanelAnswer | None) -> None:
        self._update()
        if _count(former) != _count(answer):
            self.refresh(layout=True)
            self.fill_page()

    def head(self, width: int) -> list[Content]:
        """The lines above the rows."""
        return [self.heading(width)]

    def focus_rows(self) -> bool:
        """Let the arrows and Enter be about its rows; whether they are in sight."""
        events = self.query_one(EventList)
        in_sight = events.display and events.option_count > 0
        if in_sight:
            events.focus()
        return in_sight

    def on_descendant_focus(self) -> None:
        self._update()

    def on_descendant_blur(self) -> None:
        self._update()

    def _update(self) -> None:
        if not self.children:
            return
        width, height = self.room
        self.query_one(".heading", Lines).show(self.head(width))
        events = self.query_one(EventList)
        if self.answer is not None and self.window is not None:
            events.show([dict(row) for row in self.answer.rows], self.window)
        columns = self.query_one(".columns", Lines)
        columns.show([events.header])
        events.display = height >= _LIST_FROM
        columns.display = self.has_numbers and events.display
        # Without its list the panel itself takes the focus: z and Enter show the rows.
        self.can_focus = not events.display


def _count(answer: PanelAnswer | None) -> int:
    return len(answer.rows) if answer is not None else 0


class FailurePanel(EventPanel):
    """Tool calls that failed, and the kinds of their failures as the client sends them."""

    def get_content_height(self, container: Size, viewport: Size, width: int) -> int:
        """The heading and few rows: what stands beside it may ask for more."""
        return _LOW

    def head(self, width: int) -> list[Content]:
        """The heading with how many there are of which kinds; these below it where they need it."""
        rows = self.answer.rows if self.answer is not None else ()
        types = (row.get("error_type") for row in rows)
        count = Counter(sanitize(str(error_type)) for error_type in types if error_type)
        kinds = [
            Content.styled(f"{kind} {number}", "$foreground-muted")
            for kind, number in count.most_common()
        ]
        count_of_all = [Content.styled(str(len(rows)), "$foreground-muted")] if rows else []
        heading = self.heading(width, [*count_of_all, *kinds])
        if self.room.height < _LOW or all(kind.plain in heading.plain for kind in kinds):
            return [heading]
        return [self.heading(width, count_of_all), join_cells(kinds, "  ", width)]
