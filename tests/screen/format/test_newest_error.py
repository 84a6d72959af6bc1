"""The newest error on the overview: red while it is news."""

from zoneinfo import ZoneInfo

import pytest

from ccotel_tui.claude.session_registry import Running
from ccotel_tui.query.query import EventRow
from ccotel_tui.query.window import HOUR, MINUTE, SECOND, Window
from ccotel_tui.screen.data.snapshot import CurrentActivity, Snapshot
from ccotel_tui.screen.format.overview.figures import Figures

NOW = 5 * HOUR


@pytest.mark.parametrize(
    ("minutes", "status", "style"),
    [
        (3, "ended", "$text-error"),
        (3, "busy", "$text-error"),
        (10, "ended", "$text-error"),
        (11, "ended", ""),
        (11, "busy", "$foreground-muted"),
        (50, None, "$foreground-muted"),
    ],
)
def test_an_error_is_red_while_it_is_news(minutes: int, status: str | None, style: str) -> None:
    at = NOW - minutes * MINUTE
    error: EventRow = {"time": at, "event_name": "api_error", "session_id": "s", "status_code": 529}
    process = Running(1, "7", "s", "", "", 0, status, "")  # type: ignore[arg-type]
    snapshot = Snapshot(
        NOW,
        Window.between(0, NOW, ZoneInfo("UTC")),
        running={"s": process} if status else {},
        present=CurrentActivity(error=error),
        heard_ns=NOW - SECOND,
    )
    line = Figures(snapshot).error(79)
    assert ("529" in line.plain) == bool(style)
    styles = [str(span.style) for span in line.spans if not str(span.style).startswith("@click")]
    assert styles[:1] == [style][: bool(style)]
