"""What status lines tell of sessions and limits, and why something is not told."""

import json
from pathlib import Path
from typing import Any

import pytest

from ccotel_tui.query.events import event_row
from ccotel_tui.query.query import EventRow
from ccotel_tui.query.status_line.facts import PlanLimit, PromptCache, StatusLines, session_status
from ccotel_tui.query.window import HOUR, MINUTE, SECOND
from ccotel_tui.telemetry.status_line import kept_fields
from tests.tools.otlp import T0

STATUS: dict[str, Any] = json.loads(
    (Path(__file__).parents[1] / "data" / "statusline.json").read_text()
)
SESSION = STATUS["session_id"]
LIMITS = {
    "five_hour": {"used_percentage": 61.5, "resets_at": T0 // SECOND + 3600},
    "seven_day": {"used_percentage": 0},
}


def row(at: int = T0, **changes: Any) -> EventRow:
    return event_row(at, "status_line", kept_fields(STATUS | changes))


def test_a_session_as_it_was_told() -> None:
    status = StatusLines().with_newer([row()]).sessions[SESSION]
    assert (status.name, status.project) == ("quarterly-cleanup", "acme/acme-api")
    assert (status.folder, status.model) == ("/Users/dev/work/acme-api", "claude-sonnet-5-5")
    assert (status.context, status.context_tokens) == (0.01, 14181)
    assert status.cache == PromptCache(1_795_502_671 * SECOND, "5m", 14181)


def test_the_same_from_the_fields_as_they_came_in() -> None:
    told = StatusLines().with_newer([row()]).sessions[SESSION]
    assert session_status(kept_fields(STATUS), T0) == told


def test_a_session_that_has_not_answered_yet_tells_neither_context_nor_cache() -> None:
    early = {
        "context_window": {"context_window_size": 1_000_000, "used_percentage": None},
        "prompt_cache": None,
    }
    status = session_status(kept_fields(STATUS | early), T0)
    assert (status.context, status.context_tokens, status.cache) == (None, None, None)


def test_a_cache_that_has_gone_cold_is_not_warm_until_its_end() -> None:
    cold = STATUS["prompt_cache"] | {"warm": False}
    status = session_status(kept_fields(STATUS | {"prompt_cache": cold}), T0)
    assert status.cache == PromptCache(T0, "5m")


def test_the_newest_counts_and_a_name_that_was_given_stays() -> None:
    unnamed = STATUS["workspace"] | {"repo": None}
    later = row(T0 + MINUTE, session_name=None, workspace=unnamed, model={"id": "claude-opus-4-8"})
    lines = StatusLines().with_newer([later]).with_newer([row()])
    assert lines.sessions[SESSION].model == "claude-opus-4-8"
    lines = StatusLines().with_newer([row()]).with_newer([later])
    status = lines.sessions[SESSION]
    assert (status.model, status.name) == ("claude-opus-4-8", "quarterly-cleanup")
    assert status.repo == "acme/acme-api"


@pytest.mark.parametrize(
    ("after", "told"),
    [(0, PlanLimit(0.615, T0 + HOUR, T0)), (59 * MINUTE, PlanLimit(0.615, T0 + HOUR, T0))],
)
def test_a_limit_is_kept_while_nothing_is_told(after: int, told: PlanLimit) -> None:
    lines = StatusLines().with_newer([row(rate_limits=LIMITS), row(T0 + SECOND)])
    assert lines.limit("five_hour", T0 + after) == told


def test_a_limit_that_began_anew_is_not_known_any_more() -> None:
    lines = StatusLines().with_newer([row(rate_limits=LIMITS)])
    assert lines.limit("five_hour", T0 + HOUR) == "reset since"
    # Without an end it is as old as it says.
    assert lines.limit("seven_day", T0 + 100 * HOUR) == PlanLimit(0.0, None, T0)


@pytest.mark.parametrize("seconds", [1_795_510_000_000, 9.3e9, "1e15", 1e15])
def test_a_time_that_no_calendar_has_is_not_told(seconds: float | str) -> None:
    """Such as one in milliseconds."""
    ends = {"five_hour": {"used_percentage": 61.5, "resets_at": seconds}}
    cache = STATUS["prompt_cache"] | {"expires_at": seconds}
    lines = StatusLines().with_newer([row(rate_limits=ends, prompt_cache=cache)])
    assert lines.limit("five_hour", T0) == PlanLimit(0.615, None, T0)
    assert lines.sessions[SESSION].cache == PromptCache(None, "5m", 14181)


def test_why_there_is_no_limit() -> None:
    assert StatusLines().limit("five_hour", T0) == "no status line"
    assert StatusLines().with_newer([row()]).limit("five_hour", T0) == "not sent"
