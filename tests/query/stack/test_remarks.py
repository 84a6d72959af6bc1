"""What a stack was sent or holds, and no number tells."""

import json
from collections.abc import Mapping
from urllib.parse import parse_qs, urlsplit
from zoneinfo import ZoneInfo

import pytest

from ccotel_tui.query.stack.backend import open_stack
from ccotel_tui.query.window import HOUR, Window
from tests.query.stub import LABELS, Behaviour, Request, Stub, well
from tests.tools.otlp import T0

WINDOW = Window.between(T0 - HOUR, T0, ZoneInfo("UTC"))
COST = "claude_code_cost_usage_USD_total"


def holding(
    names: tuple[str, ...] = (COST,), refused: tuple[tuple[Mapping[str, str], str], ...] = ()
) -> Behaviour:
    """A Prometheus that has counters of these names, and refusals with these labels."""

    def behave(request: Request) -> None:
        path = urlsplit(request.path)
        query = parse_qs(path.query).get("query", [""])[0]
        if path.path.startswith("/loki"):
            well(request)
            return
        data: object = list(names)
        if query:
            told = refused if "http_server" in query else ()
            data = {"result": [{"metric": labels, "value": [0, n]} for labels, n in told]}
        request.say(200, json.dumps({"status": "success", "data": data}).encode())

    return behave


@pytest.fixture
def stub() -> Stub:
    return Stub()


def remarks(stub: Stub) -> dict[str, list[str]]:
    with stub:
        backend = stub.backend()
        found = backend.diagnostics.remarks(WINDOW)
        backend.close()
    return {signal: list(said) for signal, said in found.items() if said}


def test_of_a_stack_as_it_should_be_nothing_is_said(stub: Stub) -> None:
    stub.behave = holding((COST, "claude_code_session_count_total"))
    assert remarks(stub) == {}


def test_counters_that_no_question_matches(stub: Stub) -> None:
    stub.behave = holding((COST, *(f"claude_code.{n}" for n in "abcdefg")))
    [said] = remarks(stub)["counters"]
    assert said.endswith(
        "claude_code.a, claude_code.b, claude_code.c, claude_code.d, claude_code.e and 2 more."
    )


def test_what_was_refused_is_said_by_signal_and_reason(stub: Stub) -> None:
    rpc = "opentelemetry.proto.collector.{}.v1.{}Service/Export"
    logs, metrics = rpc.format("logs", "Logs"), rpc.format("metrics", "Metrics")
    stub.behave = holding(
        refused=(
            ({"http_route": "/v1/logs", "http_response_status_code": "400"}, "2"),
            ({"rpc_method": logs, "rpc_response_status_code": "RESOURCE_EXHAUSTED"}, "1"),
            ({"rpc_method": metrics, "rpc_response_status_code": "INTERNAL"}, "1200"),
            ({"rpc_method": metrics, "rpc_response_status_code": "DATA_LOSS"}, "1"),
            ({"http_response_status_code": "404"}, "5"),
            ({"http_route": "/v1/traces", "http_response_status_code": "400"}, "9"),
        )
    )
    told = "The collector refused {} in this time, and what they held is lost: {}."
    assert remarks(stub) == {
        "events": [told.format("8 requests", "5 to a wrong path, 2 unreadable, 1 too large")],
        "counters": [
            told.format(
                "1,206 requests", "1,200 unreadable, 5 to a wrong path, 1 answered DATA_LOSS"
            )
        ],
    }


def test_one_request_that_was_refused_is_one(stub: Stub) -> None:
    stub.behave = holding(
        refused=(({"http_route": "/v1/logs", "http_response_status_code": "400"}, "1"),)
    )
    [said] = remarks(stub)["events"]
    assert said.startswith("The collector refused 1 request in this time")


def test_events_without_attributes(stub: Stub, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delitem(LABELS, "event_name")
    stub.behave = holding()
    [said] = remarks(stub)["events"]
    assert said == (
        "Loki holds events of the client without their attributes, which no panel reads, under "
        "the service claude-code."
    )


def test_a_screen_asks_for_them_once_a_minute(stub: Stub) -> None:
    stub.behave = holding()
    with stub:
        backend = open_stack(stub.url, stub.url, polling=True)
        assert backend.diagnostics.remarks(WINDOW) == backend.diagnostics.remarks(WINDOW)
        asked = [path for path in stub.paths if "__name__" in path and "values" in path]
        backend.close()
    assert len(asked) == 1
