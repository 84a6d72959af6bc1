"""A page of text."""

from typing import NamedTuple

from textual.content import Content


class Page(NamedTuple):
    """A title, and lines that scroll."""

    title: str
    text: Content
