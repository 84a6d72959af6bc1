"""The line above, with sections and state, and the line below, with source and keys."""

from textual.content import Content
from textual.reactive import reactive
from textual.widget import Widget

from ccotel_tui.screen import words
from ccotel_tui.screen.keys import KEYS
from ccotel_tui.screen.widgets.panel_view import NARROW


class TopBar(Widget):
    """The sections with their keys, the window, and whether data comes in."""

    DEFAULT_CSS = "TopBar { height: 1; }"

    section = reactive("")
    window = reactive("")
    state = reactive(words.LOADING)

    def __init__(self, sections: tuple[str, ...]) -> None:
        super().__init__()
        self._sections = sections
        self.section = sections[0]

    def render(self) -> Content:
        width = self.size.width
        narrow = width < NARROW
        tabs = [
            Content.styled(
                f"{number}{words.SECTIONS[name][1]}"
                if narrow
                else f"{number} {words.SECTIONS[name][0]}",
                "bold $text-accent underline" if name == self.section else "$text-muted",
            )
            for number, name in enumerate(self._sections, start=1)
        ]
        left = Content(" " if narrow else "   ").join(tabs)
        right = Content.assemble(
            (f"{self.window}  ", "$text-muted"),
            (self.state, _STATE_STYLES.get(self.state.split()[0], "")),
        )
        gap = max(1, width - left.cell_length - right.cell_length)
        return Content.assemble(left, " " * gap, right)


_STATE_STYLES = {
    words.LIVE: "$text-success",
    words.ERROR: "bold $text-error",
    "not": "bold $text-warning",
    words.PAUSED: "bold $text-warning",
}


class BottomBar(Widget):
    """Who answers and since when, and the keys to remember."""

    DEFAULT_CSS = "BottomBar { height: 1; }"

    said = reactive("")

    def render(self) -> Content:
        keys = Content.assemble(
            *(
                part
                for key in KEYS
                if key.footer
                for part in ((f"  {key.shown}", "bold"), f" {key.label}")
            )
        )
        room = max(0, self.size.width - keys.cell_length)
        said = Content.styled(self.said, "$text-muted").truncate(room, ellipsis=True, pad=True)
        return Content.assemble(said, keys)
