"""Ask to PromQL. Pure.

`increase()` loses a series' first sample, and extrapolates. This subtracts what the counter held
before the window, for each stream by itself: with the label `stream_start`, which the stack's
collector adds, that is exact; without it the best approximation.
"""

import json

from ccotel_tui.query.ask import Ask, Scope
from ccotel_tui.query.regex import prefixed, quoted
from ccotel_tui.telemetry import vocabulary
from ccotel_tui.telemetry.vocabulary import SERVICE_PREFIX, UNKNOWN

METRICS = {
    vocabulary.LINES_OF_CODE: "claude_code_lines_of_code_count_total",
}
"""The names the counters have in Prometheus, units and `_total` behind."""

LOOK_BACK = "31d"
"""Longer than any silence of a live process: a laptop may sleep for days with a stream open."""


def compile(ask: Ask, scope: Scope, span: str) -> str:
    """The query; `span` is the range it looks back over, such as `900s` or `$__range`."""
    selector = METRICS[ask.measure.record] + "{" + ", ".join(_matchers(ask, scope)) + "}"
    last = f"last_over_time({selector}[{span}])"
    base = f"(last_over_time({selector}[{LOOK_BACK}] offset {span}) or {last} * 0)"
    grown = f"((({last} - {base}) >= 0) or {last}) > 0"
    grouping = f" by ({', '.join(ask.by)})" if ask.by else ""
    return f"sum{grouping} ({grown})"


def _matchers(ask: Ask, scope: Scope) -> list[str]:
    matchers = [f'job=~"{SERVICE_PREFIX}.*"']
    if scope.session_id == UNKNOWN:
        matchers.append('session_id=""')
    elif scope.session_id:
        matchers.append(f"session_id=~{json.dumps(prefixed(scope.session_id))}")
    if scope.model:
        matchers.append(f"model=~{json.dumps(f'(?i).*{quoted(scope.model)}.*')}")
    return matchers + [f"{name}={json.dumps(value)}" for name, value in ask.where]
