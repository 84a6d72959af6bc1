"""Text in terminal cells: Korean and emoji take two."""

from collections.abc import Sequence
from itertools import accumulate

from rich.cells import cell_len, set_cell_size
from textual.content import Content


def fitted(text: str, width: int) -> str:
    """The text in exactly so many cells; what is longer ends at a word, with an ellipsis."""
    return set_cell_size(ended(Content(text), width).plain, width) if width > 0 else ""


def ended(content: Content, width: int) -> Content:
    """The content in at most so many cells; what is longer ends at a word, with an ellipsis."""
    if content.cell_length <= width:
        return content
    if width < 1:
        return Content("")
    return content[: _end_of_words(content.plain, width - 1)].rstrip() + "…"


def _end_of_words(text: str, width: int) -> int:
    """How many characters the words have that fit; within a word, where not even one fits."""
    fitting = sum(cells <= width for cells in accumulate(map(cell_len, text)))
    if text[fitting] == " ":
        return fitting
    blank = text.rfind(" ", 0, fitting)
    return blank if any(map(str.isalnum, text[: max(0, blank)])) else fitting


def right(text: str, width: int) -> str:
    """The text at the right end of so many cells; what is longer keeps its length."""
    return " " * (width - cell_len(text)) + text


def apart(left: Content, end: Content, width: int) -> Content:
    """One at the left and one at the right edge; the left one gives way."""
    if not end:
        return ended(left, width)
    room = width - end.cell_length - 1
    if room < 1:
        return ended(end, width)
    left = ended(left, room)
    return Content.assemble(left, " " * (room - left.cell_length + 1), end)


def ruled(words: Content, width: int) -> Content:
    """Return the words with a rule behind them."""
    rule = "─" * max(0, width - words.cell_length - 1)
    line = Content.assemble(words.stylize("$foreground-muted"), " ", (rule, "$foreground-disabled"))
    return line.truncate(width, ellipsis=True)


def wrapped(parts: Sequence[Content], gap: str, width: int, most: int) -> list[Content]:
    """The parts one after the other, each whole, in so many lines at most."""
    lines: list[Content] = []
    for part in filter(None, parts):
        if lines and lines[-1].cell_length + len(gap) + part.cell_length <= width:
            lines[-1] = Content.assemble(lines[-1], gap, part)
        elif len(lines) < most:
            lines.append(ended(part, width))
        else:
            break
    return lines


def join_cells(parts: Sequence[Content], gap: str, width: int) -> Content:
    """As many of the parts, in their order, as fit whole in one line; the first in any case."""
    return next(iter(wrapped(parts, gap, width, 1)), Content(""))


NARROW = 60
"""Columns under which short titles are used."""
