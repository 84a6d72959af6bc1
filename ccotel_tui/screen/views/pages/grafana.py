"""The board in a browser that shows what the screen does, and the page with its address."""

from asyncio import to_thread
from collections.abc import Callable
from datetime import tzinfo

from textual.content import Content
from textual.style import Style

from ccotel_tui.errors import StackError, sentence
from ccotel_tui.local.browser import browse
from ccotel_tui.panels.catalogue import SECTIONS
from ccotel_tui.panels.grafana.link import LEFT_OUT, Board, Link, link
from ccotel_tui.panels.output.sanitize import sanitize
from ccotel_tui.query.period import Period
from ccotel_tui.query.query import Scope
from ccotel_tui.screen import strings
from ccotel_tui.screen.format.page import Page

_BOARDS: dict[str, Board] = {
    **{"log": "events", "session": "home", "prompt": "events"},
    "team": "team",
}


def board_of(view: str) -> Board:
    """Return the board that belongs to a view."""
    return view if view in SECTIONS else _BOARDS.get(view, SECTIONS[0])


async def opened_board(
    base: Callable[[], str],
    board: Board,
    period: Period,
    scope: Scope,
    zone: tzinfo,
    source: str,
) -> Page:
    """Open the board and return its address: nobody knows whether a browser came up.

    `base` gives Grafana's own address, or raises StackError, which the page then says.
    """
    try:
        there = link(await to_thread(base), board, period, scope, zone)
    except StackError as error:
        return Page(strings.GRAFANA, Content(sanitize(strings.translated(sentence(error)))))
    browse(there.url)
    return _page(there, source)


def _page(board: Link, source: str) -> Page:
    """The board's address, to click or to copy, and where it differs from the screen."""
    notes = [
        strings.GRAFANA_WITHOUT.format(filter=sanitize(filter), why=LEFT_OUT)
        for filter in board.left_out
    ]
    if source != "stack":
        notes.append(strings.GRAFANA_NEEDS)
    address = Content.styled(board.url, Style(link=board.url))
    text = Content.assemble(strings.GRAFANA_OPENED, "\n\n", address, "\n\n", "\n".join(notes))
    return Page(strings.GRAFANA, text)
