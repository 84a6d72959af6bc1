"""A page of text above the dashboard: help, a panel's numbers, an event."""

import os
from asyncio import to_thread
from itertools import chain, repeat, zip_longest

from rich.cells import cell_len
from textual.app import ComposeResult
from textual.binding import Binding
from textual.containers import VerticalScroll
from textual.content import Content
from textual.geometry import Size
from textual.reactive import reactive
from textual.screen import ModalScreen
from textual.widget import Widget
from textual.widgets import Static

from ccotel_tui.screen import strings
from ccotel_tui.screen.clipboard import copy_text
from ccotel_tui.screen.format.cells import right
from ccotel_tui.screen.format.page import Page, lines_in
from ccotel_tui.screen.keys import KEYS, Key
from ccotel_tui.screen.messages import BehindWanted

_BEFORE_HELP = 2
"""Columns between a key and what it does, and behind that."""

_EASILY_READ = 40
"""Columns of what keys do, from which there are two columns of keys."""


class PageText(Widget):
    """A page's text in as many lines as its width needs."""

    DEFAULT_CSS = "PageText { height: auto; }"

    text = reactive(Content(""), layout=True)

    def __init__(self, text: Content) -> None:
        super().__init__()
        self.set_reactive(PageText.text, text)

    def get_content_height(self, container: Size, viewport: Size, width: int) -> int:
        return len(lines_in(self.text, width))

    def render(self) -> Content:
        return Content("\n").join(lines_in(self.text, self.size.width))


class TextScreen(ModalScreen[None]):
    """A title and lines that scroll; Esc goes back, Enter to what is behind them."""

    AUTO_FOCUS = "VerticalScroll"
    BINDINGS = [
        Binding("escape,q,question_mark,i", "dismiss", "back", show=False),
        Binding("enter", "go_on", show=False),
        Binding("y", "copy", show=False),
    ]

    def __init__(self, page: Page) -> None:
        super().__init__()
        self._behind = page.behind
        self._text = page_text(page)

    async def action_copy(self) -> None:
        """Copy the page, and say in its last line where it went."""
        text = self._text.plain
        target = await to_thread(copy_text, text, os.environ, self.app.copy_to_clipboard)
        note = Content.styled(strings.COPIED[target], "$text-accent")
        self.query_one("#page-keys", Static).update(note)

    def action_go_on(self) -> None:
        """Go back, or where there is something behind the page, go there."""
        if self._behind is not None:
            self.app.post_message(BehindWanted(self._behind))
        self.dismiss()

    def compose(self) -> ComposeResult:
        with VerticalScroll():
            yield PageText(self._text)
        labels = {key.id: key.label for key in KEYS}
        keys = (("Esc", "back"), ("y", "copy"))
        parts = [Content.assemble((key, "bold"), f" {labels[id]}") for key, id in keys]
        yield Static(Content("  ").join(parts), id="page-keys")


def page_text(page: Page) -> Content:
    """The title, the text and the note below it, a blank row between them."""
    parts = [Content.styled(page.title, "bold $text-accent"), page.text]
    if page.note:
        parts.append(Content.styled(page.note, "$foreground-muted"))
    return Content("\n\n").join(parts)


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


def help_page(width: int) -> Page:
    """The keys, in two columns where these are wide enough to be read."""
    listed = [key for key in KEYS if key.listed]
    longest = max(cell_len(key.shown) for key in listed)
    count = 2 if width >= 2 * (longest + _BEFORE_HELP + _EASILY_READ) else 1
    room = max(1, width // count - longest - 2 * _BEFORE_HELP)
    entries = [_entry(key, longest, room) for key in listed]
    half = -(-sum(map(len, entries)) // count)
    columns: list[list[Content]] = [[]]
    for entry in entries:
        if len(columns) < count and len(columns[-1]) >= half:
            columns.append([])
        columns[-1] += entry
    sizes = [max(line.cell_length for line in column) + _BEFORE_HELP for column in columns]
    lines = [
        Content("").join(
            line.truncate(size, pad=True) for line, size in zip(row, sizes, strict=True)
        )
        for row in zip_longest(*columns, fillvalue=Content(""))
    ]
    return Page(strings.HELP, Content("\n").join(line.rstrip() for line in lines))


def _entry(key: Key, longest: int, room: int) -> list[Content]:
    """The key, and what it does in as many lines of so many columns as that needs."""
    shown = right(key.shown, longest)
    starts = chain([Content.styled(shown, "bold")], repeat(Content(" " * longest)))
    lines = Content(key.help).wrap(room)
    return [
        Content.assemble(start, " " * _BEFORE_HELP, line)
        for start, line in zip(starts, lines, strict=False)
    ]
