"""From where on a number is good or bad, as colours."""

from collections.abc import Mapping

from ccotel_tui.panels.grafana.variables import Json

_GOOD, _DOUBTFUL, _BAD = "green", "yellow", "red"

_STEPS: Mapping[str, tuple[tuple[str, float | None], ...]] = {
    "api_errors": ((_GOOD, None), (_DOUBTFUL, 0.02), (_BAD, 0.1)),
    "tool_success": ((_BAD, None), (_DOUBTFUL, 0.8), (_GOOD, 0.95)),
}
"""By a panel's id: a colour, and the number from which on it holds."""


def with_thresholds(panel: str) -> Json:
    """A field's properties by which its number is coloured; none where no panel judges."""
    if panel not in _STEPS:
        return {}
    return {"color": {"mode": "thresholds"}, "thresholds": _thresholds(panel)}


def coloured(panel: str, custom: Json) -> Json:
    """A chart's style, with a line at each threshold."""
    if panel not in _STEPS:
        return {"custom": custom}
    style = {**custom, "thresholdsStyle": {"mode": "dashed"}}
    return {"custom": style, "thresholds": _thresholds(panel)}


def _thresholds(panel: str) -> Json:
    steps = [{"color": colour, "value": value} for colour, value in _STEPS[panel]]
    return {"mode": "absolute", "steps": steps}
