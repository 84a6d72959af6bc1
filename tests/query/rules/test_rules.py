"""Each rule on a story of its own, and not on the neighbour of that."""

from collections.abc import Mapping
from typing import Any, get_args

import pytest

from ccotel_tui.query.query import EventRow
from ccotel_tui.query.rules.facts import RefusedRequests, RuleFacts, RuleReading
from ccotel_tui.query.rules.rules import Alert, alerts
from ccotel_tui.query.rules.thresholds import USUAL_THRESHOLDS, RuleId, Thresholds
from ccotel_tui.query.status_line.facts import StatusLines
from ccotel_tui.query.usual.budget import BudgetState
from ccotel_tui.query.window import HOUR, MINUTE, SECOND
from tests.tools.otlp import T0


def result(tool: str, success: bool, at: int = T0 - MINUTE, **more: str) -> EventRow:
    row: EventRow = {"time": at, "event_name": "tool_result", "session_id": "s1", "prompt_id": "p1"}
    return row | {"tool_name": tool, "success": success} | more


def prompt(prompt_id: str) -> EventRow:
    return {
        "time": T0 - SECOND,
        "event_name": "user_prompt",
        "session_id": "s1",
        "prompt_id": prompt_id,
    }


def error(ago: int) -> EventRow:
    return {"time": T0 - ago, "event_name": "api_error"}


def told(session: str = "s1", at: int = T0 - SECOND, **fields: Any) -> EventRow:
    return {"time": at, "session_id": session, **fields}


def fired(facts: RuleFacts, thresholds: Thresholds = USUAL_THRESHOLDS) -> Mapping[str, Alert]:
    return {alert.rule: alert for alert in alerts(facts, thresholds)}


def of_calls(*calls: EventRow) -> RuleFacts:
    return RuleFacts(T0, RuleReading(calls=calls))


def of_lines(*lines: EventRow, **more: Any) -> RuleFacts:
    return RuleFacts(T0, lines=StatusLines().with_newer(lines), **more)


FAILED = result("Bash", False)


@pytest.mark.parametrize(
    ("calls", "number"),
    [
        ([FAILED] * 3, 3),
        ([result("Read", True)] + [FAILED] * 4, 4),
        ([FAILED] * 2, None),
        ([FAILED, result("Read", False), FAILED, FAILED], None),
        ([FAILED] * 3 + [result("Bash", True)], None),
        ([FAILED] * 3 + [prompt("p2")], None),
        ([FAILED] * 2 + [result("Bash", False, prompt_id="p2")], None),
        ([FAILED] * 2 + [result("Bash", False, session_id="s2")], None),
        ([FAILED, result("Read", True, session_id="s2"), FAILED, FAILED], 3),
        ([result("Bash", False, T0 - 30 * MINUTE)] + [FAILED] * 2, None),
        ([], None),
    ],
)
def test_a_loop_is_a_tool_that_failed_three_times_in_a_row_in_a_prompt(
    calls: list[EventRow], number: int | None
) -> None:
    alert = fired(of_calls(*calls)).get("loop")
    assert (alert and (alert.session_id, alert.subject, alert.number, len(alert.rows))) == (
        number and ("s1", "Bash", number, number)
    )


@pytest.mark.parametrize(
    ("ago", "fires"),
    [((1, 2, 3), True), ((1, 2), False), ((1, 2, 5), False), ((1, 2, 4, 60), True)],
)
def test_three_errors_in_five_minutes(ago: tuple[int, ...], fires: bool) -> None:
    errors = [error(minutes * MINUTE) for minutes in ago]
    alert = fired(RuleFacts(T0, RuleReading(errors=errors))).get("errors")
    assert (alert is not None) is fires
    assert alert is None or len(alert.rows) == 3


@pytest.mark.parametrize(
    ("burn", "usual", "limit"),
    [
        (12.0, 4.0, 12.0),
        (11.9, 4.0, None),
        (5.1, 0.5, 5.0),
        (5.0, 0.5, None),
        (50.0, None, None),
    ],
)
def test_a_surge_is_three_times_the_usual_and_above_five_dollars(
    burn: float, usual: float | None, limit: float | None
) -> None:
    usual_rates = {} if usual is None else {"s1": usual}
    reading = RuleReading(
        burn={"s1": burn, "s2": 1.0}, usual=usual_rates | {"s2": 1.0}, spending={"s1": [error(1)]}
    )
    alert = fired(RuleFacts(T0, reading)).get("surge")
    assert (alert and (alert.session_id, alert.number, alert.threshold, len(alert.rows))) == (
        limit and ("s1", burn, limit, 1)
    )


@pytest.mark.parametrize(("used", "fires"), [(80, True), (79, False), (None, False)])
def test_a_context_that_is_nearly_full(used: int | None, fires: bool) -> None:
    full = told(context_window_used_percentage=used)
    long_ago = told(at=T0 - 10 * MINUTE, context_window_used_percentage=used)
    assert ("context" in fired(of_lines(full))) is fires
    assert "context" not in fired(of_lines(long_ago))
    assert ("context" in fired(of_lines(long_ago, running=frozenset({"s1"})))) is fires


@pytest.mark.parametrize(
    ("left", "waiting", "fires"),
    [(60, "s2", True), (61, "s2", False), (0, "s2", False), (30, "s1", False)],
)
def test_a_cache_that_goes_cold_while_its_session_waits(
    left: int, waiting: str, fires: bool
) -> None:
    line = told("s2", prompt_cache_expires_at=T0 // SECOND + left)
    assert ("cold" in fired(of_lines(line, waiting={waiting: 0}))) is fires


@pytest.mark.parametrize(("spent", "threshold"), [(30.0, 1.0), (24.0, 0.8), (23.9, None)])
def test_a_budget_that_is_nearly_spent(spent: float, threshold: float | None) -> None:
    reading = RuleReading(budgets=[BudgetState("day", 30.0, spent)])
    alert = fired(RuleFacts(T0, reading)).get("budget")
    assert (alert and (alert.subject, alert.threshold)) == (threshold and ("day", threshold))


@pytest.mark.parametrize(
    ("used", "left", "fires"),
    [(61, 2 * HOUR, True), (59, 2 * HOUR, False), (49, 4 * HOUR, False), (90, -MINUTE, False)],
)
def test_a_limit_ahead_of_its_pace(used: int, left: int, fires: bool) -> None:
    resets = (T0 - SECOND + left) // SECOND
    line = told(rate_limits_five_hour_used_percentage=used, rate_limits_five_hour_resets_at=resets)
    assert ("limit" in fired(of_lines(line))) is fires


@pytest.mark.parametrize(("ago", "fires"), [(120, True), (119, False)])
def test_a_session_that_runs_and_sends_nothing(ago: int, fires: bool) -> None:
    assert ("silent" in fired(RuleFacts(T0, silent={"s1": T0 - ago * SECOND}))) is fires


@pytest.mark.parametrize(("ago", "fires"), [(5 * MINUTE - 1, True), (5 * MINUTE, False)])
def test_what_was_refused_lately(ago: int, fires: bool) -> None:
    assert ("refused" in fired(RuleFacts(T0, refused=RefusedRequests(3, T0 - ago)))) is fires


def test_what_a_collector_dropped_is_refused_too() -> None:
    assert fired(RuleFacts(T0, RuleReading(dropped=7)))["refused"].number == 7


def test_who_waits_and_for_how_long() -> None:
    waiting = {"s1": T0 - 40 * SECOND, "s2": 0}
    holding = alerts(RuleFacts(T0, waiting=waiting))
    assert [(alert.session_id, alert.number) for alert in holding] == [("s1", 40.0), ("s2", 0.0)]


_RESETS = {"rate_limits_seven_day_resets_at": T0 // SECOND + 24 * 3600}
EVERY = RuleFacts(
    T0,
    RuleReading(
        [FAILED] * 3,
        [error(1)] * 3,
        {"s1": 20.0},
        {"s1": 2.0},
        budgets=[BudgetState("day", 30.0, 40.0)],
    ),
    StatusLines().with_newer(
        [
            told(context_window_used_percentage=95, prompt_cache_expires_at=T0 // SECOND + 9),
            told("s3", rate_limits_seven_day_used_percentage=99, **_RESETS),
        ]
    ),
    frozenset({"s1"}),
    {"s1": T0 - SECOND},
    {"s2": T0 - HOUR},
    RefusedRequests(1, T0),
)


def test_the_worst_comes_first() -> None:
    assert list(fired(EVERY)) == list(get_args(RuleId))


@pytest.mark.parametrize("rule", get_args(RuleId))
def test_each_rule_can_be_switched_off(rule: str) -> None:
    off = Thresholds(off=frozenset({rule}))
    assert fired(EVERY).keys() - fired(EVERY, off).keys() == {rule}


def test_thresholds_are_the_users() -> None:
    assert "loop" not in fired(EVERY, Thresholds(loop=4))
    assert "errors" not in fired(EVERY, Thresholds(errors=4))
    assert "surge" not in fired(EVERY, Thresholds(surge=11))
    assert "surge" not in fired(EVERY, Thresholds(surge_dollars=20))
    assert "silent" not in fired(EVERY, Thresholds(silent=3601))
