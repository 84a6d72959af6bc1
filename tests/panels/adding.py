"""Which numbers of the catalogue add up, and what each panel draws over time."""

from ccotel_tui.panels.catalogue import PANELS
from ccotel_tui.panels.panel import (
    Addition,
    Curves,
    Difference,
    Number,
    Panel,
    PerMinute,
    Span,
    Sum,
)


def adds_up(number: Number | None) -> bool:
    """Return whether the numbers of neighbouring windows add up to that of both."""
    match number:
        case Sum():
            return number.query.stat == "sum" and number.span is Span.WINDOW
        case Addition(numbers):
            return all(map(adds_up, numbers))
        case Difference(left, right):
            return adds_up(left) and adds_up(right)
    return False


def _counts(curves: Curves) -> bool:
    """Whether each bucket has a sum, or a sum by the minute: 0 where nothing was."""
    drawn = [curves.number] if curves.number else [*curves.named.values()]
    inner = (number.number if isinstance(number, PerMinute) else number for number in drawn)
    return all(map(adds_up, inner))


def _ids(panels: list[Panel]) -> tuple[str, ...]:
    return tuple(panel.id for panel in panels)


_DRAWN = [(panel, panel.curves) for panel in PANELS if panel.curves]

ADDING = _ids([panel for panel in PANELS if adds_up(panel.value)])
"""Panels whose value is a sum."""

RUNNING = _ids([panel for panel, curves in _DRAWN if curves.running])
"""Panels that draw running sums."""

BARS = _ids([panel for panel, curves in _DRAWN if _counts(curves) and not curves.running])
"""Panels that draw a sum for each bucket, or a sum by the minute."""

SPARSE = _ids([panel for panel, curves in _DRAWN if not _counts(curves)])
"""Panels that draw a share or a quantile for each bucket, and nothing where nothing was."""
