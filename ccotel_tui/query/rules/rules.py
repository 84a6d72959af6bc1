"""Which rules hold, from facts; the worst first. Pure."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from itertools import groupby
from typing import NamedTuple

from ccotel_tui.query.events import time_of
from ccotel_tui.query.query import EventRow
from ccotel_tui.query.rules.facts import (
    ERRORS_WINDOW,
    LOOP_WINDOW,
    REFUSED_WINDOW,
    TOLD_WINDOW,
    RuleFacts,
)
from ccotel_tui.query.rules.thresholds import USUAL_THRESHOLDS, RuleId, Thresholds
from ccotel_tui.query.status_line.facts import LIMIT_LENGTHS_NS, LIMIT_NAMES, PlanLimit
from ccotel_tui.query.window import SECOND
from ccotel_tui.telemetry.conventions import TOOL_RESULT

AlertKey = tuple[RuleId, str, str]


class Alert(NamedTuple):
    """A rule that holds: of which session and what, its number, and the rows behind it.

    `threshold` is the number from which it holds. Both are failures, errors, dollars an hour,
    shares, seconds or refusals, as the rule has it.
    """

    rule: RuleId
    session_id: str
    subject: str
    number: float
    threshold: float
    rows: Sequence[EventRow] = ()

    @property
    def key(self) -> AlertKey:
        """What stays the same for as long as it holds."""
        return self.rule, self.session_id, self.subject


def alerts(facts: RuleFacts, thresholds: Thresholds = USUAL_THRESHOLDS) -> list[Alert]:
    """Return the rules that hold, the worst first."""
    return [
        alert
        for rule, holding in _RULES.items()
        if rule not in thresholds.off
        for alert in holding(facts, thresholds)
    ]


def surges(
    burn: Mapping[str, float], usual: Mapping[str, float], thresholds: Thresholds
) -> dict[str, float]:
    """Return the sessions that burn so much more than usual, with the rate from which it is."""
    limits = {id: max(usual[id] * thresholds.surge, thresholds.surge_dollars) for id in usual}
    return {
        id: limit
        for id, limit in limits.items()
        if burn.get(id, 0.0) >= limit and burn[id] > thresholds.surge_dollars
    }


def _loop(facts: RuleFacts, thresholds: Thresholds) -> Iterator[Alert]:
    """The tools that failed so often in a row in a prompt, and still do."""
    since_ns = facts.now_ns - LOOP_WINDOW
    by_session: dict[str, list[EventRow]] = {}
    for row in facts.reading.calls:
        if since_ns < time_of(row) <= facts.now_ns:
            by_session.setdefault(str(row.get("session_id") or ""), []).append(row)
    for session_id, rows in by_session.items():
        *_, run = (list(alike) for _, alike in groupby(rows, key=_call))
        _, name, tool, success = _call(run[0])
        if name == TOOL_RESULT and tool and not success and len(run) >= thresholds.loop:
            yield Alert("loop", session_id, str(tool), len(run), thresholds.loop, run)


def _call(row: EventRow) -> tuple[object, ...]:
    """What calls of a loop have in common."""
    succeeded = row.get("success") is True
    return row.get("prompt_id"), row["event_name"], row.get("tool_name"), succeeded


def _errors(facts: RuleFacts, thresholds: Thresholds) -> Iterator[Alert]:
    since_ns = facts.now_ns - ERRORS_WINDOW
    errors = [row for row in facts.reading.errors if since_ns < time_of(row) <= facts.now_ns]
    if len(errors) >= thresholds.errors:
        yield Alert("errors", "", "", len(errors), thresholds.errors, errors)


def _surge(facts: RuleFacts, thresholds: Thresholds) -> Iterator[Alert]:
    reading = facts.reading
    for session_id, limit in sorted(surges(reading.burn, reading.usual, thresholds).items()):
        rows = reading.spending.get(session_id, ())
        yield Alert("surge", session_id, "", reading.burn[session_id], limit, rows)


def _context(facts: RuleFacts, thresholds: Thresholds) -> Iterator[Alert]:
    full = thresholds.context / 100
    since_ns = facts.now_ns - TOLD_WINDOW
    for session_id, status in facts.lines.sessions.items():
        is_used = session_id in facts.running or status.told_ns > since_ns
        if is_used and status.context is not None and status.context >= full:
            yield Alert("context", session_id, "", status.context, full)


def _cold(facts: RuleFacts, thresholds: Thresholds) -> Iterator[Alert]:
    left = sorted(
        ((cache.warm_until_ns - facts.now_ns) / SECOND, session_id)
        for session_id in facts.waiting
        if (status := facts.lines.sessions.get(session_id))
        and (cache := status.cache)
        and cache.warm_until_ns is not None
    )
    for seconds, session_id in left:
        if 0 < seconds <= thresholds.cold:
            yield Alert("cold", session_id, "", seconds, thresholds.cold)


def _budget(facts: RuleFacts, thresholds: Thresholds) -> Iterator[Alert]:
    for state in sorted(facts.reading.budgets, key=lambda state: -state.share):
        if state.threshold is not None:
            yield Alert("budget", state.session_id, state.period, state.share, state.threshold)


def _limit(facts: RuleFacts, thresholds: Thresholds) -> Iterator[Alert]:
    """The limits of which more is used than of their time has gone."""
    least = thresholds.limit / 100
    for name in LIMIT_NAMES:
        limit = facts.lines.limit(name, facts.now_ns)
        if not isinstance(limit, PlanLimit) or limit.resets_ns is None:
            continue
        # Of the time by which it was told: since then nobody knows.
        elapsed = 1 - (limit.resets_ns - limit.told_ns) / LIMIT_LENGTHS_NS[name]
        if limit.used >= least and limit.used > elapsed:
            yield Alert("limit", "", name, limit.used, max(least, elapsed))


def _silent(facts: RuleFacts, thresholds: Thresholds) -> Iterator[Alert]:
    for session_id, began_ns in sorted(facts.silent.items()):
        seconds = (facts.now_ns - began_ns) / SECOND
        if seconds >= thresholds.silent:
            yield Alert("silent", session_id, "", seconds, thresholds.silent)


def _refused(facts: RuleFacts, thresholds: Thresholds) -> Iterator[Alert]:
    refused = facts.refused
    if refused is not None and refused.newest_ns > facts.now_ns - REFUSED_WINDOW:
        yield Alert("refused", "", "recorder", refused.count, 1)
    if facts.reading.dropped:
        yield Alert("refused", "", "collector", facts.reading.dropped, 1)


def _waits(facts: RuleFacts, thresholds: Thresholds) -> Iterator[Alert]:
    """Who waits; one that began to wait anew is another."""
    for session_id, since_ns in sorted(facts.waiting.items()):
        seconds = max(0, facts.now_ns - since_ns) / SECOND if since_ns else 0.0
        yield Alert("waits", session_id, str(since_ns), seconds, 0)


_RULES: Mapping[RuleId, Callable[[RuleFacts, Thresholds], Iterator[Alert]]] = {
    "loop": _loop,
    "errors": _errors,
    "surge": _surge,
    "context": _context,
    "cold": _cold,
    "budget": _budget,
    "limit": _limit,
    "silent": _silent,
    "refused": _refused,
    "waits": _waits,
}
"""The worst first."""
