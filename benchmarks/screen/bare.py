"""A Textual app that shows text and nothing else, to compare the dashboard with.

It has two pages of as many widgets as a section of the dashboard has. With the path of a store it
looks for news as often as the dashboard does, and paints their number: `news 3`.
"""

import sqlite3
import sys
from pathlib import Path

from textual.app import App, ComposeResult
from textual.containers import Vertical
from textual.widgets import ContentSwitcher, Static

WIDGETS = 10
PAGES = ("first page", "second page")
NEWS = "news "
POLL_INTERVAL = 0.1
"""Seconds between two looks; the dashboard's, which is not imported: that would take its time."""


class Bare(App[None]):
    BINDINGS = [("q", "quit"), *((str(page), f"page({page})") for page in (1, 2))]

    def __init__(self, store: Path | None = None) -> None:
        super().__init__()
        self._store = store
        self._version = self._news = 0

    def compose(self) -> ComposeResult:
        yield Static(f"{NEWS}0", id="news")
        with ContentSwitcher(initial="page-1"):
            for number, title in enumerate(PAGES, 1):
                with Vertical(id=f"page-{number}"):
                    for widget in range(WIDGETS):
                        yield Static(f"{title}, widget {widget}\nand its second row")
        yield Static("1 2 the pages  q quit")

    def on_mount(self) -> None:
        if self._store:
            self._connection = sqlite3.connect(f"file:{self._store}?mode=ro", uri=True)
            self._version = self._data_version()
            self.set_interval(POLL_INTERVAL, self._look)

    def action_page(self, number: int) -> None:
        self.query_one(ContentSwitcher).current = f"page-{number}"

    def _look(self) -> None:
        version = self._data_version()
        if version != self._version:
            self._version = version
            self._news += 1
            self.query_one("#news", Static).update(f"{NEWS}{self._news}")

    def _data_version(self) -> int:
        """Return a number that another connection's commit changes."""
        (version,) = self._connection.execute("PRAGMA data_version").fetchone()
        return int(version)


if __name__ == "__main__":
    Bare(Path(sys.argv[1]) if sys.argv[1:] else None).run()
