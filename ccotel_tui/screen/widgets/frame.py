"""What stands around a chart: the largest number beside it, the times below. Pure."""

from collections.abc import Sequence

from textual.content import Content

from ccotel_tui.query.window import Window
from ccotel_tui.screen.widgets.timeline import axis

FrameCell = tuple[str, str]
"""Characters and their style."""

GUTTER = 7
"""Columns for the largest number."""


def framed(rows: Sequence[Sequence[FrameCell]], top: str, window: Window) -> Content:
    """The rows, the highest first, as one text."""
    lines = []
    for at, row in enumerate(rows):
        label = f"{'' if at else top:<{GUTTER}}"
        # A longer number stands over what is oldest.
        lines.append(Content(label) + Content.assemble(*_together(row))[len(label) - GUTTER :])
    room = sum(len(text) for text, _ in rows[0]) if rows else 0
    times = " " * GUTTER + axis(window, room)
    return Content("\n").join([*lines, Content.styled(times, "$foreground-muted")])


def _together(cells: Sequence[FrameCell]) -> list[FrameCell]:
    """Neighbours of one style as one piece of text; a blank has its neighbour's."""
    joined: list[FrameCell] = []
    for text, style in cells:
        former = joined[-1][1] if joined else " on "
        if " on " not in former + style and (former == style or text.isspace()):
            joined[-1] = joined[-1][0] + text, former
        elif " on " not in former + style and joined[-1][0].isspace():
            joined[-1] = joined[-1][0] + text, style
        else:
            joined.append((text, style))
    return joined
