"""Text in terminal cells: Korean and emoji take two."""

from rich.cells import cell_len, set_cell_size


def fitted(text: str, width: int) -> str:
    """The text in exactly so many cells, an ellipsis where it is longer."""
    if cell_len(text) <= width:
        return set_cell_size(text, width)
    return set_cell_size(text, width - 1) + "…"
