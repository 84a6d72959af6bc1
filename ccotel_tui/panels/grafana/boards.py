"""The catalogue said again in Grafana's terms: classic dashboard JSON, written by `make boards`."""

import json
import sys
from collections.abc import Iterable, Iterator
from itertools import count
from pathlib import Path

from ccotel_tui.panels.catalogue import BOARD_PANELS, SECTIONS
from ccotel_tui.panels.grafana.alerts import alerts_text
from ccotel_tui.panels.grafana.annotations import annotations
from ccotel_tui.panels.grafana.dear import TITLE, dear_tile
from ccotel_tui.panels.grafana.team import TEAM, team_tiles
from ccotel_tui.panels.grafana.tiles import COLUMNS, tiles
from ccotel_tui.panels.grafana.variables import Json, board_variables
from ccotel_tui.panels.panel import Section

HOME = "home"
"""The name of the board with all sections."""

DESCRIPTION = (
    "What Claude Code reports of itself, each number as in ccotel-tui. Selected by session, model "
    "or attribute, those records count that carry it: a panel that has none shows no data, or 0 in "
    "its parts, where ccotel-tui says that it cannot be known. What is made of events leaves out "
    "sessions that send counters only."
)

_ROW = {"w": COLUMNS, "h": 1}

_TAG = "claude-code"
_OTHERS = {
    **{"type": "dashboards", "tags": [_TAG], "title": "", "tooltip": "", "icon": "dashboard"},
    **{"asDropdown": False, "targetBlank": False, "keepTime": True, "includeVars": True},
}
"""The other boards, about the same time and scope."""


def boards() -> dict[str, Json]:
    """Every board by the name of its file: one with all that there is, one a section, a team's."""
    return {
        f"ccotel-{HOME}.json": _board(HOME, "Claude Code", list(_rows()), grouped=True),
        **{f"ccotel-{section}.json": _of_section(section) for section in SECTIONS},
        f"ccotel-{TEAM}.json": _board(TEAM, "Claude Code: Team", [*_placed(team_tiles())], False),
    }


def write(stack: Path) -> None:
    """Write every board and the alert rules below the stack's folder of Grafana's.

    The same bytes for the same catalogue; former boards are removed.
    """
    directory = stack / "boards"
    directory.mkdir(parents=True, exist_ok=True)
    written = boards()
    for file in directory.glob("ccotel*.json"):
        if file.name not in written:
            file.unlink()
    for name, board in written.items():
        (directory / name).write_text(board_text(board), encoding="utf-8")
    alerting = stack / "provisioning" / "alerting"
    alerting.mkdir(parents=True, exist_ok=True)
    (alerting / "ccotel.yaml").write_text(alerts_text(), encoding="utf-8")


def board_text(board: Json) -> str:
    """The board as its file holds it."""
    return json.dumps(board, indent=1, sort_keys=True) + "\n"


def _of_section(section: Section) -> Json:
    shown, dear = list(_section_tiles(section)), section == "cost"
    if dear:
        shown.append(dear_tile())
    return _board(section, f"Claude Code: {section.capitalize()}", list(_placed(shown)), dear)


def _board(name: str, title: str, panels: list[Json], grouped: bool) -> Json:
    ids = count(1)
    return {
        "uid": f"ccotel-{name}",
        "title": title,
        "description": DESCRIPTION,
        "tags": [_TAG],
        "links": [_OTHERS],
        "schemaVersion": 39,
        "time": {"from": "now/d", "to": "now"},
        "refresh": "30s",
        "timezone": "browser",
        "weekStart": "monday",
        "templating": {"list": board_variables(grouped)},
        "annotations": {"list": annotations()},
        "graphTooltip": 1,
        "panels": [_numbered(panel, ids) for panel in panels],
    }


def _numbered(panel: Json, ids: Iterator[int]) -> Json:
    """The panel with an id, and those within a row with theirs."""
    numbered = {**panel, "id": next(ids)}
    if "panels" in panel:
        numbered["panels"] = [_numbered(each, ids) for each in panel["panels"]]
    return numbered


def _rows() -> Iterator[Json]:
    """A row for each section and for what was dear; the first is open, the others are not asked."""
    first, *others = SECTIONS
    shown = list(_placed(_section_tiles(first), 1))
    yield _row(first, 0, collapsed=False)
    yield from shown
    end = shown[-1]["gridPos"]["y"] + shown[-1]["gridPos"]["h"]
    closed = [(section, [*_section_tiles(section)]) for section in others]
    for line, (title, within) in enumerate([*closed, (TITLE, [dear_tile()])], end):
        yield {**_row(title, line, collapsed=True), "panels": [*_placed(within, line + 1)]}


def _row(title: str, line: int, collapsed: bool) -> Json:
    place = {**_ROW, "x": 0, "y": line}
    return {
        **{"type": "row", "title": title[:1].upper() + title[1:], "collapsed": collapsed},
        **{"panels": [], "gridPos": place},
    }


def _section_tiles(section: Section) -> Iterator[Json]:
    for panel in BOARD_PANELS:
        if panel.section == section:
            yield from tiles(panel)


def _placed(shown: Iterable[Json], line: int = 0) -> Iterator[Json]:
    """The tiles with a place: from left to right, in a new line where one is full."""
    x, y, height = 0, line, 0
    for tile in shown:
        size = tile["gridPos"]
        if x + size["w"] > COLUMNS:
            x, y, height = 0, y + height, 0
        yield {**tile, "gridPos": {**size, "x": x, "y": y}}
        x, height = x + size["w"], max(height, size["h"])


if __name__ == "__main__":
    write(Path(sys.argv[1]))
