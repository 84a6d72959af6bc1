"""A page of text."""

from typing import NamedTuple

from textual.content import Content

AROUND_PAGE = 3
"""Columns beside a page's text: the padding and the scrollbar."""


class Page(NamedTuple):
    """A title, and lines that scroll."""

    title: str
    text: Content
