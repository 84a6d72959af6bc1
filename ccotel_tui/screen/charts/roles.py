"""What colours mean: a role each, in the variables of the themes."""

from collections.abc import Mapping

from ccotel_tui.screen.charts.cells import Role

SERIES_COLOURS = 8
"""Colours for models and tools, apart from each other for colour-blind eyes too."""

_TOKEN_TYPES = ("cacheRead", "cacheCreation", "output", "input")

ROLES: Mapping[Role, str] = {
    **{f"series-{n}": f"$series-{n}" for n in range(SERIES_COLOURS)},
    **{f"tokens-{n}": f"$tokens-{n}" for n in range(len(_TOKEN_TYPES))},
    "amount": "$amount",
    "others": "$foreground-muted",
    "total": "$total",
    "ghost": "$foreground-muted",
    "grid": "$grid",
    "label": "$foreground-muted",
    "text": "$foreground",
    "strong": "$foreground",
    "ok": "$text-success",
    "bad": "$text-error",
}
"""The roles of a chart's cells, and the theme's variable that colours each."""


SIGNS: Mapping[Role, str] = {
    **{f"series-{n}": sign for n, sign in enumerate("ox+*%@&~")},
    **{f"tokens-{n}": sign for n, sign in enumerate("#%+o")},
    "amount": "#",
    "others": ".",
    "total": "=",
    "ok": "+",
    "bad": "!",
}
"""The sign of a series by the role that gives it its colour elsewhere."""


class SeriesRoles:
    """Roles by what a series is of: the same one on every page, in the order of first sight."""

    def __init__(self) -> None:
        self._seen: dict[str, dict[str, int]] = {}

    def role(self, label: str, value: str) -> Role:
        """The role of the series with that value of that label; `amount` where it has none."""
        if not label:
            return "amount"
        if label in ("type", "outcome"):
            return _FIXED.get(value, "amount")
        seen = self._seen.setdefault(label, {})
        return f"series-{seen.setdefault(value, len(seen)) % SERIES_COLOURS}"

    def model_style(self, model: str) -> str:
        """The style of that model's lines."""
        return ROLES[self.role("model", model)]


_FIXED: Mapping[str, Role] = {
    **{name: f"tokens-{n}" for n, name in enumerate(_TOKEN_TYPES)},
    "added": "ok",
    "removed": "bad",
    "cli": "amount",
    "user": "total",
    "answered": "amount",
    "succeeded": "amount",
    "failed": "bad",
}
