"""Answers of Loki that differ from moment to moment, and rows with odd attributes."""

import json
from contextlib import closing
from zoneinfo import ZoneInfo

from ccotel_tui.query.query import Scope
from ccotel_tui.query.sessions import sessions_of
from ccotel_tui.query.window import HOUR, Window
from tests.query.stub import LABELS, Request, Stub, data, well
from tests.tools.otlp import T0

WINDOW = Window.between(T0 - HOUR, T0, ZoneInfo("UTC"))


def test_rows_of_one_time_are_in_order_whatever_their_numbers_are() -> None:
    def behave(request: Request) -> None:
        content = data(request.path)
        if isinstance(content, dict) and content.get("resultType") == "streams":
            row = [str(T0 - 1), "claude_code.api_request"]
            content["result"] = [
                {"stream": {**LABELS, "event_sequence": number}, "values": [row]}
                for number in ("2", "many", "1")
            ]
        request.say(200, json.dumps({"status": "success", "data": content}).encode())

    with Stub() as stub, closing(stub.backend()) as backend:
        stub.behave = behave
        rows = backend.source.rows((), WINDOW, Scope(), 10)
    assert [row["event_sequence"] for row in rows] == ["many", 1, 2]


def test_a_session_that_began_between_two_answers_is_left_for_the_next_time() -> None:
    def behave(request: Request) -> None:
        if "min_over_time" in request.path:
            request.say(200, json.dumps({"data": {"result": []}}).encode())
        else:
            well(request)

    with Stub() as stub, closing(stub.backend()) as backend:
        stub.behave = behave
        assert sessions_of(backend.source, WINDOW, Scope()) == []
        stub.behave = well
        assert [row.session_id for row in sessions_of(backend.source, WINDOW, Scope())] == ["s"]
