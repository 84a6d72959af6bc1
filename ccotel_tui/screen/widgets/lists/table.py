"""A rule with a title, the columns' names, and a line a row in an order that can be chosen."""

from collections.abc import Hashable, Sequence
from typing import ClassVar

from textual.app import ComposeResult
from textual.content import Content
from textual.widget import Widget

from ccotel_tui.screen.format.table import Table
from ccotel_tui.screen.widgets.blank import blank_lines
from ccotel_tui.screen.widgets.lists.paged import PagedList
from ccotel_tui.screen.widgets.text_lines import Lines

ABOVE_ROWS = 2
"""The rule with the title, and the columns' names."""

_NOTHING = Table((), Content(""), ())


class TableList(Widget):
    """A list whose marked row and scroll stay while others come and go."""

    DEFAULT_CSS = "TableList { layout: vertical; }"

    render_lines = blank_lines

    ORDERS: ClassVar[Sequence[str]]
    """The columns that can be sorted by, in turn; the first is the order at the start."""

    def __init__(self) -> None:
        super().__init__()
        self._order = self.ORDERS[0]
        self._table = _NOTHING

    def compose(self) -> ComposeResult:
        yield Lines(classes="heading")
        yield Lines(classes="columns")
        yield PagedList(markup=False)

    def sort(self, column: str) -> bool:
        """Sort by the column, by the next one where it is empty; the same again ends that.

        Return whether that is another order: where one column alone has room there is none. A
        mark on the first row stays there, one further down stays with its row.
        """
        if not column:
            shown = [name for name in self.ORDERS if name in (*self._table.columns, self._order)]
            column = [*shown, self.ORDERS[0]][shown.index(self._order) + 1]
        elif column == self._order:
            column = self.ORDERS[0]
        is_other, self._order = column != self._order, column
        rows = self.query_one(PagedList)
        marks_first = not rows.highlighted
        self.fill()
        if marks_first and rows.option_count:
            rows.highlighted = 0
            rows.scroll_home(animate=False, immediate=True)
        return is_other

    def on_resize(self) -> None:
        self.fill()

    def fill(self) -> None:
        """List the rows at the size and in the order of now."""
        raise NotImplementedError

    def clear(self) -> None:
        """List nothing: what is listed is of something else, and there is no answer."""
        self.put(_NOTHING, (), Content(""))

    def put(self, table: Table, keys: Sequence[Hashable], heading: Content) -> None:
        """Show the table in the place of the former; `keys` are its rows'."""
        rows = self.query_one(PagedList)
        if (table.lines, [*keys]) != (self._table.lines, [*rows.row_keys]):
            rows.refill(table.lines, keys)
        self._table = table
        self.query_one(".columns", Lines).show([table.header])
        self.query_one(".heading", Lines).show([heading])
