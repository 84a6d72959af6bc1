"""Where the rows of each panel's value are."""

from ccotel_tui.panels.behind import Behind, behind
from ccotel_tui.panels.catalogue import BOARD_PANELS, TOOL_FAILURES
from ccotel_tui.panels.regroup import regrouped
from ccotel_tui.query.period import Period
from ccotel_tui.query.window import Bucket

DEAR, CALLS = Behind("usage", "model"), Behind("log", "event:tool_result")
ROWS = {
    "active_sessions": Behind("sessions"),
    **dict.fromkeys(("total_cost", "token_usage"), DEAR),
    **dict.fromkeys(("cost_by_model", "tokens_by_type", "tokens_by_model"), DEAR),
    **dict.fromkeys(("tool_rate", "tool_count", "tool_success", "tool_events"), CALLS),
    "tool_duration": CALLS,
    "tool_failures": Behind("log", "event:tool_result ok:false"),
    "api_duration": Behind("log", "event:api_request duration_ms:"),
    "first_token": Behind("log", "event:api_request ttft_ms:"),
    **dict.fromkeys(("api_errors", "api_error_events"), Behind("log", "event:api_error")),
    **dict.fromkeys(("lines_of_code", "code_changes", "dev_activity"), None),
}


def test_panels_of_each_kind_have_their_rows_or_none() -> None:
    panels = (*BOARD_PANELS, TOOL_FAILURES)
    assert {panel.id: behind(panel) for panel in panels if panel.id in ROWS} == ROWS


def test_rows_are_those_of_the_panels_key_and_of_the_bucket() -> None:
    cost = next(panel for panel in BOARD_PANELS if panel.id == "cost_by_model")
    period = Period(from_ns=1, to_ns=2)
    assert behind(regrouped(cost, "project"), Bucket(1, 2)) == Behind("usage", "project", period)
