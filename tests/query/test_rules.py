"""Each rule on a story of its own, and not on the neighbour of that."""

from collections.abc import Mapping
from typing import Any

import pytest

from ccotel_tui.query.query import EventRow
from ccotel_tui.query.rules.rules import Alert, alerts
from ccotel_tui.query.status_line.facts import StatusLines
from ccotel_tui.query.window import HOUR, MINUTE, SECOND
from tests.otlp import T0


def result(tool: str, success: bool, at: int = T0 - MINUTE) -> EventRow:
    return {"time": at, "event_name": "tool_result", "tool_name": tool, "success": success}


def error(ago: int) -> EventRow:
    return {"time": T0 - ago, "event_name": "api_error"}


def told(session: str = "s1", **fields: Any) -> EventRow:
    named = {name.replace("__", "_"): value for name, value in fields.items()}
    return {"time": T0 - SECOND, "session_id": session, **named}


def fired(
    events: list[EventRow], lines: list[EventRow], waiting: tuple[str, ...] = ()
) -> Mapping[str, Alert]:
    holding = alerts(events, StatusLines().with_newer(lines), "s1", waiting, T0)
    return {alert.rule: alert for alert in holding}


@pytest.mark.parametrize(
    ("results", "number"),
    [
        ([("Bash", False)] * 3, 3),
        ([("Read", True)] + [("Bash", False)] * 4, 4),
        ([("Bash", False)] * 2, None),
        ([("Bash", False), ("Read", False), ("Bash", False), ("Bash", False)], None),
        ([("Bash", False)] * 3 + [("Bash", True)], None),
        ([], None),
    ],
)
def test_a_loop_is_a_tool_that_failed_three_times_in_a_row(
    results: list[tuple[str, bool]], number: int | None
) -> None:
    alert = fired([result(*each) for each in results], []).get("loop")
    assert (alert and (alert.subject, alert.number, len(alert.rows))) == (
        number and ("Bash", number, number)
    )


@pytest.mark.parametrize(
    ("ago", "fires"),
    [((1, 2, 3), True), ((1, 2), False), ((1, 2, 5), False), ((1, 2, 4, 60), True)],
)
def test_three_errors_in_five_minutes(ago: tuple[int, ...], fires: bool) -> None:
    assert ("errors" in fired([error(minutes * MINUTE) for minutes in ago], [])) is fires


@pytest.mark.parametrize(("used", "fires"), [(80, True), (79, False), (None, False)])
def test_a_context_that_is_nearly_full(used: int | None, fires: bool) -> None:
    full = told(context_window_used_percentage=used)
    assert ("context" in fired([], [full])) is fires
    assert "context" not in fired([], [full | {"session_id": "s2"}])


@pytest.mark.parametrize(
    ("left", "waiting", "fires"),
    [(60, ("s2",), True), (61, ("s2",), False), (0, ("s2",), False), (30, ("s1",), False)],
)
def test_a_cache_that_goes_cold_while_its_session_waits(
    left: int, waiting: tuple[str, ...], fires: bool
) -> None:
    line = told("s2", prompt_cache_expires_at=T0 // SECOND + left)
    assert ("cold" in fired([], [line], waiting)) is fires


@pytest.mark.parametrize(
    ("used", "left", "fires"),
    [(61, 2 * HOUR, True), (59, 2 * HOUR, False), (49, 4 * HOUR, False), (90, -MINUTE, False)],
)
def test_a_limit_ahead_of_its_pace(used: int, left: int, fires: bool) -> None:
    resets = (T0 - SECOND + left) // SECOND
    line = told(rate_limits_five_hour_used_percentage=used, rate_limits_five_hour_resets_at=resets)
    assert ("limit" in fired([], [line])) is fires


def test_the_worst_comes_first() -> None:
    events = [result("Bash", False)] * 3 + [error(MINUTE)] * 3
    holding = fired(events, [told(context_window_used_percentage=95)])
    assert list(holding) == ["loop", "errors", "context"]
