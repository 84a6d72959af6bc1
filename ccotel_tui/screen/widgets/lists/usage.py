"""What was dear as a ranked list; Enter goes into the marked row."""

import json
from collections.abc import Sequence
from dataclasses import dataclass

from textual.app import ComposeResult
from textual.content import Content
from textual.message import Message
from textual.widgets import OptionList

from ccotel_tui.panels.output.usage import usage_documents
from ccotel_tui.query.usage.keys import KEYS
from ccotel_tui.query.usage.usage import UsageRow
from ccotel_tui.screen.data.snapshot import Snapshot
from ccotel_tui.screen.format.table import holds_words
from ccotel_tui.screen.format.usage import lines
from ccotel_tui.screen.widgets.lists.paged import PagedList
from ccotel_tui.screen.widgets.lists.table import ABOVE_ROWS, TableList
from ccotel_tui.screen.widgets.text_lines import Lines


@dataclass
class UsageChosen(Message):
    """A row of usage was chosen: the value of its last key, and its name."""

    value: str
    name: str


class UsageList(TableList):
    """A line a value of the key, the dearest first, and the total below."""

    ORDERS = lines.USAGE_ORDERS

    def __init__(self) -> None:
        super().__init__()
        self._snapshot: Snapshot | None = None
        self._path: Sequence[str] = ()
        self._keys: Sequence[str] = KEYS
        self._filter = ""
        self._rows: Sequence[tuple[UsageRow, str]] = ()
        self._below = 0

    def compose(self) -> ComposeResult:
        yield from super().compose()
        yield Lines(classes="total")
        yield Lines(classes="parts")

    def show(self, snapshot: Snapshot, path: Sequence[str], keys: Sequence[str]) -> None:
        """List the usage of the snapshot; `path` names the values that the rows are within.

        `keys` are what they can be grouped by, in turn.
        """
        self._snapshot, self._path, self._keys = snapshot, path, keys
        self.fill()

    def clear(self) -> None:
        self._snapshot, self._rows = None, ()
        super().clear()
        for below in (".total", ".parts"):
            self.query_one(below, Lines).show([])

    def show_matching(self, text: str) -> None:
        """List only the rows whose names hold the text; all where it is empty."""
        self._filter = text
        self.fill()

    def copied(self, *, as_json: bool) -> str:
        """The marked value, or its row as one JSON document."""
        marked, detail = self.query_one(PagedList).marked, self._snapshot and self._snapshot.usage
        row = next((row for row, _ in self._rows if row.keys == marked), None)
        if row is None or not detail or self._snapshot is None:
            return ""
        if not as_json:
            return row.keys[-1]
        return json.dumps(next(usage_documents(detail.usage, [row], self._snapshot.window)))

    def on_option_list_option_selected(self, event: OptionList.OptionSelected) -> None:
        event.stop()
        row, name = self._rows[event.option_index]
        self.post_message(UsageChosen(row.keys[-1], name))

    def on_option_list_option_highlighted(self, event: OptionList.OptionHighlighted) -> None:
        event.stop()
        self._show_parts()

    def fill(self) -> None:
        width, snapshot = self.size.width - 1, self._snapshot
        if width < 1 or snapshot is None or snapshot.usage is None:
            return
        usage = snapshot.usage.usage
        keys = [key.name for key in usage.keys]
        every = lines.ordered_usage(usage.rows, self._order)
        names_of_all = lines.names_in(snapshot, keys[-1], [row.keys[-1] for row in every])
        named = zip(every, names_of_all, strict=True)
        self._rows = [(row, name) for row, name in named if holds_words(name, self._filter)]
        rows, names = [row for row, _ in self._rows], [name for _, name in self._rows]
        table = lines.usage_rows(rows, names, width, self._order, snapshot.window)
        heading = lines.usage_heading(self._path, keys, width, self._keys)
        self.put(table, [row.keys for row in rows], heading)
        listed = len(rows) if self._filter else None
        total = lines.usage_total(usage.total, len(usage.rows), width, snapshot.window, listed)
        saved = lines.saved_lines(snapshot.usage.saving, width)
        self.query_one(".total", Lines).show([*total, *saved])
        self._below = len(total) + len(saved)
        self._show_parts()

    def _show_parts(self) -> None:
        """Show what the marked row is made of in the room below the rows, where they leave some."""
        rows, snapshot = self.query_one(PagedList), self._snapshot
        if snapshot is None or snapshot.usage is None:
            return
        shown: list[Content] = []
        room = self.size.height - ABOVE_ROWS - len(self._rows) - self._below
        at, width = rows.highlighted, self.size.width - 1
        if at is not None and at < len(self._rows):
            shown = lines.lines_of_parts(snapshot, *self._rows[at], width, self._order, room)
        rows.styles.height = len(self._rows) if shown else "1fr"
        self.query_one(".parts", Lines).show(shown)
