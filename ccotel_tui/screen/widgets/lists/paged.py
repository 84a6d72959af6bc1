"""A list of one line a row that keeps its place, and that may be given no room at all."""

from collections.abc import Hashable, Sequence

from rich.style import Style
from textual.content import Content
from textual.events import Click
from textual.strip import Strip
from textual.widgets import OptionList
from textual.widgets.option_list import Option

_REVERSED = Style(reverse=True)


class PagedList(OptionList):
    """A list whose marked row and scroll stay, by the rows' keys, while others come and go.

    A click on a row marks it, and one on the marked row selects it. Page keys are ignored while
    the list has no room: a page of no rows has no end.
    """

    DEFAULT_CSS = """
    PagedList, PagedList:focus {
        height: 1fr; border: none; padding: 0; background: transparent;
        text-wrap: nowrap; scrollbar-size-vertical: 1; overflow-x: hidden;
    }
    PagedList > .option-list--option { padding: 0; text-wrap: nowrap; }
    PagedList > .option-list--option-highlighted { background: transparent; }
    PagedList:ansi:focus > .option-list--option-highlighted {
        color: $foreground; background: transparent;
    }
    """

    row_keys: Sequence[Hashable] = ()
    """What tells the rows apart, whatever their lines say."""

    _clicked_since_focus = False

    @property
    def marked(self) -> Hashable | None:
        """The key of the marked row."""
        at = self.highlighted
        return None if at is None or at >= len(self.row_keys) else self.row_keys[at]

    def refill(
        self, lines: Sequence[Content], keys: Sequence[Hashable], *, follow: bool = False
    ) -> None:
        """Put lines in the place of the former; `follow` marks the last of them.

        Where the marked row is gone, the one in its place is marked.
        """
        at, marked, top = self.highlighted or 0, self.marked, round(self.scroll_y)
        first = self.row_keys[top] if top < len(self.row_keys) else None
        self.row_keys = keys
        self.set_options(map(Option, lines))
        if not lines:
            return
        places = {key: place for place, key in reversed([*enumerate(keys)])}
        place = len(lines) - 1 if follow else places.get(marked, min(at, len(lines) - 1))
        self.highlighted = place
        if not follow:
            self.scroll_to(y=places.get(first, top), animate=False, immediate=True)

    def render_line(self, y: int) -> Strip:
        """Draw the line; where colours are the terminal's own the marked row is reversed.

        There no ground lets all of them be read, and Textual leaves `reverse` out of its styles.
        """
        line = super().render_line(y)
        if not (self.has_focus and self.app.native_ansi_color):
            return line
        rows = {segment.style.meta.get("option") for segment in line if segment.style}
        return line.apply_style(_REVERSED) if self.highlighted in rows else line

    def on_focus(self) -> None:
        self._clicked_since_focus = False

    def on_click(self, event: Click) -> None:
        row: int | None = event.style.meta.get("option")
        if row is not None and (row != self.highlighted or not self._clicked_since_focus):
            event.prevent_default()
            self.highlighted = row
        self._clicked_since_focus = True

    def action_page_up(self) -> None:
        if self.scrollable_content_region:
            super().action_page_up()  # type: ignore[no-untyped-call]

    def action_page_down(self) -> None:
        if self.scrollable_content_region:
            super().action_page_down()  # type: ignore[no-untyped-call]
