"""The names that the client's counters have in Prometheus. Pure.

A name is made by who translates it: with or without the unit, `_total` and a namespace before it.
"""

import re
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence

from ccotel_tui.telemetry import conventions

MetricNames = Mapping[str, Sequence[str]]
"""The names of each of the client's counters that a question reads."""


def _names(name: str, unit: str = "") -> tuple[str, ...]:
    return tuple(dict.fromkeys(f"{name}{u}{total}" for u in ("", unit) for total in ("", "_total")))


METRICS: dict[str, tuple[str, ...]] = {
    conventions.COST: _names("claude_code_cost_usage", "_USD"),
    conventions.TOKENS: _names("claude_code_token_usage", "_tokens"),
    conventions.LINES_OF_CODE: _names("claude_code_lines_of_code_count"),
    conventions.ACTIVE_TIME: (
        *_names("claude_code_active_time", "_seconds"),
        *_names("claude_code_active_time_total", "_seconds")[1:],
    ),
    conventions.COMMITS: _names("claude_code_commit_count"),
    conventions.PULL_REQUESTS: _names("claude_code_pull_request_count"),
    conventions.EDIT_DECISIONS: _names("claude_code_code_edit_tool_decision"),
}
"""The names by the usual translations, for whoever cannot look which ones a server has."""

UNASKED = _names("claude_code_session_count")
"""Names of what the client counts and no panel shows."""

CLIENT_METRICS = '{__name__=~"(.+_)?claude_code[._].+"}'
"""The selector of all that the client counts, under whatever name."""

_STEMS = {names[0]: record for record, names in (METRICS | {"": UNASKED}).items()}
_NAME = re.compile(
    rf"(?P<namespace>\w+_)?(?P<stem>{'|'.join(_STEMS)})"
    r"(?:_(?:usd|dollars?|tokens?|lines?|seconds?|s|total|ratio))*",
    re.IGNORECASE | re.ASCII,
)
"""One with dots is none: its labels have dots too."""


def record_of(name: str) -> str | None:
    """Return the client's counter of that name, "" for one that no panel shows."""
    match = _NAME.fullmatch(name)
    return _STEMS.get(match["stem"].lower()) if match else None


def unread(names: Iterable[str]) -> list[str]:
    """Those of the names that are of no counter of the client's, or of none that is known."""
    return sorted(name for name in set(names) if record_of(name) is None)


def of_server(names: Iterable[str]) -> MetricNames:
    """Return the names that a server has, the usual ones of a counter of which it has none.

    Under a namespace is what somebody else translated, maybe once more: it counts where there is
    nothing else.
    """
    plain: defaultdict[str, list[str]] = defaultdict(list)
    spaced: defaultdict[str, list[str]] = defaultdict(list)
    for name in sorted(set(names)):
        if record := record_of(name):
            (plain if name.startswith("claude_code_") else spaced)[record].append(name)
    return {
        record: tuple(plain[record] or spaced[record]) or usual for record, usual in METRICS.items()
    }
