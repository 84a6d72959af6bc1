"""Lines of text, laid out anew only where there are more or fewer of them."""

from collections.abc import Sequence

from textual.content import Content
from textual.widgets import Static


class Lines(Static):
    """A text that asks for a new layout only when the number of its lines changes."""

    DEFAULT_CSS = "Lines { height: auto; }"

    _count = -1

    def on_mount(self) -> None:
        # What can be clicked looks as its content says.
        self.auto_links = False

    def show(self, lines: Sequence[Content]) -> None:
        self.update(Content("\n").join(lines), layout=len(lines) != self._count)
        self._count = len(lines)
