"""A table's columns: a heading that is clicked sorts by its column. Pure."""

from collections.abc import Sequence
from typing import NamedTuple

from textual.content import Content
from textual.style import Style

_MARK = "▾"


class Table(NamedTuple):
    """The ids of the columns that are shown, their names, and a line a row."""

    columns: Sequence[str]
    header: Content
    lines: Sequence[Content]


def action_link(text: str, action: str, style: str = "") -> Content:
    """A text that runs the action where it is clicked."""
    return Content.styled(text, Style.from_meta({"@click": action})).stylize(style)


def holds_words(searched: str, text: str) -> bool:
    """Return whether each word of a filter's text occurs, in upper or lower case."""
    return all(word in searched.lower() for word in text.lower().split())


def marked_title(title: str, name: str, order: str) -> str:
    """The column's name, marked where the rows are in its order."""
    return title + _MARK if name == order else title


def column_heading(cell: str, name: str, order: str) -> Content:
    """The cell of a column's name, which sorts by the column where it is clicked."""
    style = "bold $foreground" if name == order else "$foreground-muted"
    return action_link(cell, f"screen.sort({name!r})", style)
