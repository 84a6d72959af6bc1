"""Lines of text, laid out anew only where there are more or fewer of them."""

from collections.abc import Sequence

from textual.content import Content
from textual.widgets import Static


class Lines(Static):
    """A text that asks for a new layout only when the number of its lines changes."""

    DEFAULT_CSS = "Lines { height: auto; }"

    _lines: Sequence[Content] | None = None

    def on_mount(self) -> None:
        # What can be clicked looks as its content says.
        self.auto_links = False

    def show(self, lines: Sequence[Content]) -> None:
        """Show the lines; without any it takes no room."""
        self.display = bool(lines)
        former, self._lines = self._lines, lines
        # Textual has been seen to lose a layout that was asked for: what is cut asks again.
        is_cut = self.size.height < len(lines)
        # Most of the time that a key takes is painting: what is there already stays.
        if former is None or not _same(former, lines):
            layout = is_cut or former is None or len(former) != len(lines)
            self.update(Content("\n").join(lines), layout=layout)
        elif is_cut:
            self.refresh(layout=True)


def _same(former: Sequence[Content], lines: Sequence[Content]) -> bool:
    """Whether text and styles are the same; contents that are equal have the same text."""
    return len(former) == len(lines) and all(
        each.plain == other.plain and each.spans == other.spans
        for each, other in zip(former, lines, strict=True)
    )
