"""The list of keys."""

from textual.app import ComposeResult
from textual.binding import Binding
from textual.content import Content
from textual.screen import ModalScreen
from textual.widgets import Static

from ccotel_tui.screen.keys import KEYS


class HelpScreen(ModalScreen[None]):
    BINDINGS = [Binding("escape,question_mark,q", "dismiss", "close", show=False)]

    def compose(self) -> ComposeResult:
        lines = [Content.assemble((f"{key.shown:>6}", "bold"), f"  {key.help}") for key in KEYS]
        yield Static(Content("\n").join(lines))
