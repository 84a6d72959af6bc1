"""Somebody's PromQL about the client's counters, as this stack has them. Pure.

Names differ by how a collector translates them, and `job` by who scrapes whom. `increase()` and
`max_over_time()` of a counter, and the counter alone, are told as what grew: each session is a
series of its own, of which the first loses its beginning, the second counts all, and the third is
gone after five minutes.
"""

import re
from collections.abc import Mapping

from ccotel_tui.query.stack.languages.metric_names import METRICS, UNASKED
from ccotel_tui.query.stack.languages.promql import LOOK_BACK
from ccotel_tui.telemetry.conventions import ACTIVE_TIME

_STACK_NAMES: Mapping[str, str] = {
    name: "claude_code_active_time_seconds_total" if record == ACTIVE_TIME else names[-1]
    for record, names in (METRICS | {"": UNASKED}).items()
    for name in names
}
"""The name in this stack's Prometheus of each counter, by every name that it may have."""

_QUOTED = r""""(?:\\.|[^"\\])*"|'(?:\\.|[^'\\])*'|`[^`]*`"""
_BRACES = rf"\{{(?:[^{{}}\"'`]|{_QUOTED}|\$\{{[^}}]*\}})*\}}"
_NAME = r"(?:\w+_)?claude_code_\w+"
_SELECTOR = re.compile(
    rf"""(?:(?P<function>\w+)\s*\(\s*)?\b(?P<name>{_NAME})\b(?:\s*(?P<braces>{_BRACES}))?
    (?:\s*(?P<range>\[[^\]]*\]))?(?P<ending>\s*\))?(?P<offset>\s*offset\b)?""",
    re.VERBOSE,
)
_MATCHER_OF_SCRAPE = re.compile(
    rf"\s*\b(?:job|exported_job|instance)\s*(?:=~|!~|!=|=)\s*(?:{_QUOTED})\s*,?"
)
_GROWING = ("increase", "max_over_time")
_OF_SAMPLES = ("timestamp", "absent")
_GROUPINGS = ("by", "without", "on", "ignoring", "group_left", "group_right")


def counters_query(text: str, *, exact: bool) -> str:
    """The query with this stack's names and no scrape's labels; `exact`: of what grew."""

    def rewritten(match: re.Match[str]) -> str:
        name, braces = stack_name(match["name"]), match["braces"] or ""
        if name is None or match["function"] in _GROUPINGS:
            return match[0]
        selector = name + _without_scrape(braces)
        call = f"{match['function']}(" if match["function"] else ""
        rest = "".join(match[part] or "" for part in ("range", "ending", "offset"))
        span = (match["range"] or "").strip("[]")
        grows = not span or (match["function"] in _GROWING and match["ending"] and ":" not in span)
        if not exact or match["offset"] or not grows or match["function"] in _OF_SAMPLES:
            return call + selector + rest
        if span:
            return _grown(selector, span)
        return f"{call}{_grown(selector, '$__range')}{match['ending'] or ''}"

    return _SELECTOR.sub(rewritten, text)


def stack_name(name: str) -> str | None:
    """The counter's name in this stack; None where it is none of the client's."""
    return _STACK_NAMES.get("claude_code_" + name.rpartition("claude_code_")[2])


def unknown_counters(text: str) -> list[str]:
    """The names in the query that look like metrics and that this stack has not."""
    names = re.findall(r"\b(?:claude|otelcol)_\w+", re.sub(_QUOTED, "", text))
    return sorted({name for name in names if stack_name(name) is None and name != "claude_code_"})


def _without_scrape(braces: str) -> str:
    left = _MATCHER_OF_SCRAPE.sub("", braces)
    return "" if re.fullmatch(r"\{\s*\}", left) else re.sub(r",\s*\}$", "}", left)


def _grown(selector: str, span: str) -> str:
    last = f"last_over_time({selector}[{span}])"
    before = f"last_over_time({selector}[{LOOK_BACK}] offset {span})"
    return f"((({last} - ({before} or {last} * 0)) >= 0) or {last})"
