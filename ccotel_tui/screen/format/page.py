"""A page of text, and its lines in a width. Pure."""

import re
from itertools import chain, repeat
from typing import NamedTuple

from rich.cells import cell_len
from textual.content import Content

from ccotel_tui.panels.behind import Behind

AROUND_PAGE = 3
"""Columns beside a page's text: the padding and the scrollbar."""

_NAME = re.compile(r" *\S.*?\S {2,}(?=\S)|\S {2,}(?=\S)| *(?=\S)")
"""What stands before a value: its name and the blanks behind it, or blanks alone."""

_INDENT = 2
"""Columns before a value that has no room beside its name."""


class Page(NamedTuple):
    """A title, and lines that scroll; `behind` is where Enter goes on to, if anywhere.

    `note` says that it does, or why not.
    """

    title: str
    text: Content
    behind: Behind | None = None
    note: str = ""


def lines_in(text: Content, width: int) -> list[Content]:
    """The text's lines in that width; what goes on below stands under the value it is of."""
    return [part for line in text.split("\n", allow_blank=True) for part in _in(line, width)]


def _in(line: Content, width: int) -> list[Content]:
    if line.cell_length <= width:
        return [line]
    name = _NAME.match(line.plain)
    end = name.end() if name else 0
    before, value = line[:end], line[end:]
    indent = before.cell_length
    if max(map(cell_len, value.plain.split()), default=0) <= width - indent:
        return _hung(before, value, indent, width)
    if not before.plain.strip():
        return line.wrap(max(1, width))
    return [before.rstrip(), *_hung(Content(" " * _INDENT), value, _INDENT, width)]


def _hung(before: Content, value: Content, indent: int, width: int) -> list[Content]:
    """The value in the columns behind the indent; `before` stands there in the first line."""
    starts = chain([before], repeat(Content(" " * indent)))
    lines = value.wrap(max(1, width - indent))
    return [Content.assemble(start, line) for start, line in zip(starts, lines, strict=False)]
