"""Numbers of the current session, asked of servers beside those of the window."""

from threading import Event
from urllib.parse import unquote_plus
from zoneinfo import ZoneInfo

from ccotel_tui.panels.panel import Panel, Span, Sum
from ccotel_tui.panels.result import answer_panels
from ccotel_tui.query.measures import TOOL_CALLS
from ccotel_tui.query.query import Query, Scope
from ccotel_tui.query.window import HOUR, Window
from tests.query.stub import DOLLARS, Request, Stub, well
from tests.tools.otlp import T0

WINDOW = Window.between(T0 - HOUR, T0, ZoneInfo("UTC"))
WAITED = 10
"""Seconds after which the servers answer all the same."""

CALLS = Query(TOOL_CALLS)
PANEL = Panel(
    id="calls",
    title="Calls",
    section="tools",
    kind="stat",
    unit="1",
    value=Sum(CALLS),
    parts={"current_session": Sum(CALLS, span=Span.SESSION)},
)


def test_the_session_is_asked_about_before_the_window_s_answer_is_there() -> None:
    of_session = Event()
    in_time: list[bool] = []

    def behave(request: Request) -> None:
        target = unquote_plus(request.path)
        if target.startswith("/loki/api/v1/query?"):
            if 'session_id="s"' in target:
                of_session.set()
            else:
                in_time.append(of_session.wait(WAITED))
        well(request)

    with Stub() as stub:
        stub.behave = behave
        backend = stub.backend()
        answers = answer_panels([PANEL], backend, WINDOW, Scope(), T0)
        backend.close()
    assert answers[PANEL.id].parts["current_session"] == float(DOLLARS)
    assert all(in_time)
    assert in_time
