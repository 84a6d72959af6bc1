"""The tiles at the top of a wide overview."""

from collections.abc import Mapping, Sequence

from rich.cells import cell_len
from textual.content import Content

from ccotel_tui.screen.charts.bars import merged
from ccotel_tui.screen.charts.form import growth_of
from ccotel_tui.screen.charts.sparkline import sparkline
from ccotel_tui.screen.data.snapshot import Snapshot
from ccotel_tui.screen.format.cells import join_cells
from ccotel_tui.screen.format.overview.comparisons import Comparisons
from ccotel_tui.screen.format.overview.links import leading
from ccotel_tui.screen.format.overview.tiles import Numbers, Tile, stat_tiles, tiles_that_fit
from ccotel_tui.screen.widgets.overview.links import LinkedText

GROWTH = {
    "total_cost": "cost_by_model",
    "token_usage": "tokens_by_model",
    "lines_of_code": "code_changes",
}
"""The panels whose series tell how a stat's number grew."""

_GAP = 2


class StatTiles(LinkedText):
    """Stats side by side, in three rows: what it is, its value and change, how it came up."""

    DEFAULT_CSS = "StatTiles { height: 3; dock: top; }"

    _tiles: Mapping[str, Tile] = {}

    def show(self, snapshot: Snapshot, comparisons: Comparisons) -> None:
        """Show the stats of this snapshot."""
        growth = {
            stat: growth_of(answer)
            for stat, panel in GROWTH.items()
            if (answer := snapshot.answers.get(panel))
        }
        self._tiles = stat_tiles(snapshot, comparisons, growth)
        self.refresh()

    def text(self) -> Content:
        width = self.size.width
        tiles = [self._tiles[name] for name in tiles_that_fit(width) if name in self._tiles]
        return Content("\n").join(tile_lines(tiles, width))


def tile_lines(tiles: Sequence[Tile], width: int) -> list[Content]:
    """Return the tiles in three lines of that width, each in as many columns."""
    rows: list[list[Content]] = [[], [], []]
    for at, tile in enumerate(tiles):
        size = width * (at + 1) // len(tiles) - width * at // len(tiles)
        for row, cell in zip(rows, _cells(tile, size - _GAP), strict=True):
            row.append(cell.truncate(size - 1, ellipsis=True).pad_right(size - cell.cell_length))
    return [Content("").join(row) for row in rows]


def _cells(tile: Tile, width: int) -> tuple[Content, ...]:
    label = next((text for text in tile.labels if cell_len(text) <= width), tile.labels[-1])
    value = join_cells([tile.value, *tile.beside], "  ", width)
    below = tile.below
    if tile.numbers:
        below = Content.styled(sparkline(_fitted(tile.numbers, width)), "$amount")
    cells = (Content.styled(label, "$foreground-muted"), value, below)
    return tuple(leading(cell, tile.action) for cell in cells)


def _fitted(numbers: Numbers, width: int) -> Numbers:
    return [number for [number] in merged([[number] for number in numbers], width)]
