"""A line to type in below a list, which comes up when it is asked for."""

from textual.binding import Binding
from textual.widgets import Input, OptionList


class LineInput(Input):
    """Hidden while it is empty and nobody types; Esc empties it and leaves it."""

    BINDINGS = [Binding("escape", "clear", show=False)]
    DEFAULT_CSS = "LineInput { height: 1; display: none; }"

    def __init__(self, name: str, placeholder: str) -> None:
        super().__init__(id=name, placeholder=placeholder, compact=True)

    def open(self) -> None:
        self.display = True
        self.focus()

    def close(self) -> None:
        """Give the keys back to the list beside it; a text stays in sight."""
        self.display = bool(self.value)
        if self.parent is not None:
            self.parent.query(OptionList).first().focus()

    def action_clear(self) -> None:
        self.value = ""
        self.close()
