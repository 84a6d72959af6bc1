"""Rows of cells, each with the role that gives it its colour. Pure."""

from collections.abc import Iterator, Sequence
from typing import NamedTuple

from rich.cells import cell_len

Role = str
"""The name of a colour: `series-0`, `tokens-2`, `label`, `grid` ...; empty for the text's own."""


class Cell(NamedTuple):
    """A character; `behind` is the role of what is seen around it, where that is no blank."""

    text: str
    role: Role = ""
    behind: Role = ""


CellRow = list[Cell]

BLANK = Cell(" ")


def text_cells(text: str, role: Role) -> CellRow:
    """A cell a character; the second column of a wide one is an empty cell."""
    return [
        cell
        for character in text
        for cell in (Cell(character, role), *[Cell("", role)] * (cell_len(character) - 1))
    ]


def runs_of(row: Sequence[Cell]) -> Iterator[Cell]:
    """Neighbours of the same roles as one."""
    text, role, behind = "", "", ""
    for cell in row:
        if cell.role != role or cell.behind != behind:
            if text:
                yield Cell(text, role, behind)
            text, role, behind = "", cell.role, cell.behind
        text += cell.text
    if text:
        yield Cell(text, role, behind)
