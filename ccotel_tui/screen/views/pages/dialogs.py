"""A page of text above the dashboard: help, a panel's numbers, an event."""

from rich.cells import cell_len
from textual.app import ComposeResult
from textual.binding import Binding
from textual.containers import VerticalScroll
from textual.content import Content
from textual.screen import ModalScreen
from textual.widgets import Static

from ccotel_tui.screen import strings
from ccotel_tui.screen.format.cells import right
from ccotel_tui.screen.format.page import Page
from ccotel_tui.screen.keys import KEYS
from ccotel_tui.screen.messages import BehindWanted


class TextScreen(ModalScreen[None]):
    """A title and lines that scroll; Esc goes back, Enter to what is behind them."""

    AUTO_FOCUS = "VerticalScroll"
    BINDINGS = [
        Binding("escape,q,question_mark,i", "dismiss", "back", show=False),
        Binding("enter", "go_on", show=False),
    ]

    def __init__(self, page: Page) -> None:
        super().__init__()
        self._behind = page.behind
        self._text = Content.assemble((page.title, "bold $text-accent"), "\n\n", page.text)
        if page.note:
            note = Content.styled(page.note, "$foreground-muted")
            self._text = Content.assemble(self._text, "\n\n", note)

    def action_go_on(self) -> None:
        """Go back, or where there is something behind the page, go there."""
        if self._behind is not None:
            self.app.post_message(BehindWanted(self._behind))
        self.dismiss()

    def compose(self) -> ComposeResult:
        with VerticalScroll():
            yield Static(self._text)


class Confirm(ModalScreen[bool]):
    """A question that `y` answers with yes, and any other way out with no."""

    AUTO_FOCUS = "VerticalScroll"
    BINDINGS = [
        Binding("y", "dismiss(True)", show=False),
        Binding("n,escape,q,enter", "dismiss(False)", show=False),
    ]

    def __init__(self, page: Page) -> None:
        super().__init__()
        self._text = Content.assemble(
            (page.title, "bold $text-warning"), "\n\n", page.text, "\n\n", (strings.YES_NO, "bold")
        )

    def compose(self) -> ComposeResult:
        with VerticalScroll():
            yield Static(self._text)


def help_page(width: int, height: int) -> Page:
    """The keys, in as many columns as fit in the width where they are more than the height."""
    listed = [key for key in KEYS if key.listed]
    longest = max(cell_len(key.shown) for key in listed)
    entries = [
        Content.assemble((right(key.shown, longest), "bold"), f"  {key.help}") for key in listed
    ]
    most = max(1, width // (max(entry.cell_length for entry in entries) + 2))
    columns = min(most, -(-len(entries) // max(1, height)))
    rows = -(-len(entries) // columns)
    stacks = [entries[at : at + rows] for at in range(0, len(entries), rows)]
    sizes = [max(entry.cell_length for entry in stack) + 2 for stack in stacks]
    lines = [
        Content("").join(
            stack[row].truncate(size, pad=True)
            for stack, size in zip(stacks, sizes, strict=True)
            if row < len(stack)
        )
        for row in range(rows)
    ]
    return Page(strings.HELP, Content("\n").join(lines))
