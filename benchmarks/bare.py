"""The smallest Textual app, to compare with."""

from textual.app import App, ComposeResult
from textual.widgets import Static

SAID = "Hello, world"


class Bare(App[None]):
    BINDINGS = [("q", "quit")]

    def compose(self) -> ComposeResult:
        yield Static(SAID)


if __name__ == "__main__":
    Bare().run()
