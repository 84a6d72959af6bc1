"""A page of text."""

from typing import NamedTuple

from textual.content import Content


class Page(NamedTuple):
    """What such a screen says."""

    title: str
    text: Content
