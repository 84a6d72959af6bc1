"""A page of text."""

from typing import NamedTuple

from textual.content import Content

from ccotel_tui.panels.behind import Behind

AROUND_PAGE = 3
"""Columns beside a page's text: the padding and the scrollbar."""


class Page(NamedTuple):
    """A title, and lines that scroll; `behind` is where Enter goes on to, if anywhere.

    `note` says that it does, or why not.
    """

    title: str
    text: Content
    behind: Behind | None = None
    note: str = ""
