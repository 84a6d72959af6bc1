"""Links to the Grafana boards, with the same window and scope. Pure."""

import re
from datetime import tzinfo
from typing import Literal, NamedTuple
from urllib.parse import quote, urlencode
from zoneinfo import ZoneInfo

from ccotel_tui.panels.panel import Section
from ccotel_tui.query.period import Period
from ccotel_tui.query.query import Scope
from ccotel_tui.query.stack.languages.re2 import NO_SESSION, label_name, model, quoted
from ccotel_tui.query.window import HOUR, MINUTE, SECOND
from ccotel_tui.telemetry.conventions import UNKNOWN

Board = Section | Literal["home", "team"]
"""A section's board, the one with all of them, or a team's."""

LEFT_OUT = "a board takes project, user.email and one more filter, and none by source."
"""Why a filter is not in a link."""

_NAMED = {
    "today": ("now/d", "now"),
    "yesterday": ("now-1d/d", "now-1d/d"),
    "week": ("now/w", "now"),
    "month": ("now/M", "now"),
}
"""Grafana rounds an end up: `now-1d/d` is yesterday's midnight, or the one after it."""

_UNITS = ((HOUR, "h"), (MINUTE, "m"), (SECOND, "s"))
"""No days: Grafana's are as long as the calendar's."""

_BROWSER = "browser"
"""The time zone of whoever looks at the board, where ours has no name that Grafana knows."""

_MILLISECOND = 1_000_000

_LISTS = {"project": "project", "user_email": "user"}
"""The attributes that have a variable of their own, which Grafana itself escapes."""

_PLAIN = re.compile(r"[^`$\x00-\x1f]+")
"""What such a variable can hold: a backtick would end the text in a query."""


class Link(NamedTuple):
    """The board's address, and the filters (KEY=VALUE) that it cannot say."""

    url: str
    left_out: tuple[str, ...]


def link(base: str, board: Board, period: Period, scope: Scope, zone: tzinfo) -> Link:
    """The board at Grafana's address `base`; local periods are those of the zone."""
    start, end = _ends(period)
    parameters = {"from": start, "to": end}
    if period.from_ns is None and not period.since_ns:
        parameters["timezone"] = zone.key if isinstance(zone, ZoneInfo) else _BROWSER
    if scope.session_id:
        parameters["var-session"] = (
            "$" if scope.session_id == UNKNOWN else _literal(scope.session_id)
        )
    elif scope.sessions is not None:
        ids = map(_literal, scope.sessions or [NO_SESSION])
        parameters["var-session"] = f"({'|'.join(ids)})"
    if scope.model:
        parameters["var-model"] = _literal(scope.model)
    left_out = []
    for name, value in scope.attributes:
        label = label_name(name)
        variable = f"var-{_LISTS.get(label)}"
        if label in _LISTS and variable not in parameters and _PLAIN.fullmatch(value):
            parameters[variable] = value
        # No label says the source on both servers.
        elif label == "source" or "var-filter_key" in parameters:
            left_out.append(f"{name}={value}")
        else:
            parameters["var-filter_key"] = label
            parameters["var-filter_value"] = _filter(label, value)
    words = urlencode(parameters, quote_via=quote, safe="/", errors="replace")
    return Link(f"{base}/d/ccotel-{board}?{words}", tuple(left_out))


def _ends(period: Period) -> tuple[str, str]:
    if period.from_ns is not None:
        end = "now" if period.to_ns is None else str(period.to_ns // _MILLISECOND)
        return str(period.from_ns // _MILLISECOND), end
    if period.since_ns:
        length, unit = next(unit for unit in _UNITS if period.since_ns % unit[0] == 0)
        return f"now-{period.since_ns // length}{unit}", "now"
    return _NAMED[period.name]


def _filter(name: str, value: str) -> str:
    """The expression that matches what the filter selects."""
    if name == "session_id" and value == UNKNOWN:
        return ""
    return model(value) if name == "model" and value else _literal(value)


def _literal(text: str) -> str:
    """The expression that matches the text to the letter, whatever a query is made of.

    A backtick would end the text there, and a dollar begin a variable of Grafana's.
    """
    return "".join(
        f"\\x{ord(each):02x}" if each in "`$" or each < " " else quoted(each) for each in text
    )
