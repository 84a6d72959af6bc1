"""Whatever a well-formed request looks like, both paths count the same."""

import random
from contextlib import closing
from math import isclose

import pytest
from opentelemetry.proto.collector.logs.v1.logs_service_pb2 import ExportLogsServiceRequest
from opentelemetry.proto.common.v1.common_pb2 import AnyValue, ArrayValue, KeyValue
from opentelemetry.proto.logs.v1.logs_pb2 import LogRecord

from ccotel_tui.panels.catalogue import BY_ID
from ccotel_tui.panels.result import PanelAnswer, answer_panels
from ccotel_tui.query.query import Scope
from ccotel_tui.query.window import Window
from tests.accuracy.paths.paths import DataPath, StackPath, StorePath
from tests.accuracy.paths.sending import PROTOCOLS
from tests.accuracy.test_recordings import UTC
from tests.accuracy.truth.days import END, MINUTE, SECOND, at
from tests.accuracy.truth.otlp import Request
from tests.tools.otlp import lines, metrics_request

PREFIX = "wellformed"
REQUESTS = 120
SCOPES = ("com.anthropic.claude_code.events", "com.anthropic.claude_code", "", "acme.gateway")
SERVICES = ("claude-code", "my-team", "팀/에이전트", 'odd "name"', "", None)
NUMBERS = (
    *(0.25, 1, "0.5", "2e-3", "+1.5", -0.25, 1e-12),
    *("", "0,07", "$1", " 1", None, True),
)
PANELS = (
    *("active_sessions", "total_cost", "token_usage", "lines_of_code", "tool_success"),
    *("api_errors", "dev_activity", "api_duration"),
)


def value(plain: object) -> AnyValue:
    match plain:
        case None:
            return AnyValue()
        case bool():
            return AnyValue(bool_value=plain)
        case int():
            return AnyValue(int_value=plain)
        case float():
            return AnyValue(double_value=plain)
        case list():
            return AnyValue(array_value=ArrayValue(values=map(value, plain)))
        case _:
            return AnyValue(string_value=str(plain))


def pairs(attributes: dict[str, object]) -> list[KeyValue]:
    return [KeyValue(key=key, value=value(plain)) for key, plain in attributes.items()]


def record(dice: random.Random, number: int) -> LogRecord:
    """One event of the client, named in one of the ways that tell whose it is."""
    name = dice.choice(("api_request", "api_request", "tool_result", "user_prompt", "api_error"))
    attributes: dict[str, object] = {
        "session.id": f"{PREFIX}-{number % 7}",
        "event.sequence": number,
        "model": dice.choice(("claude-opus-4-8", "claude-opus-4-8[1m]", "모델")),
        "cost_usd": dice.choice(NUMBERS),
        "input_tokens": dice.choice((10, "20", 30.0, None)),
        "duration_ms": dice.choice((5, "7", 11.5)),
        "tool_name": dice.choice(("Bash", "Read")),
        "success": dice.choice(("true", "false", True, False)),
        "odd": dice.choice(([1, "two"], "", None, "x" * 5000)),
    }
    if dice.random() < 0.7:
        attributes["event.name"] = dice.choice((name, f"claude_code.{name}"))
    time_ns = at("02:00") + number * SECOND
    return LogRecord(
        time_unix_nano=time_ns if dice.random() < 0.8 else 0,
        observed_time_unix_nano=time_ns,
        severity_text=dice.choice(("", "INFO")),
        body=AnyValue(string_value=f"claude_code.{name}"),
        attributes=pairs(attributes),
    )


def request(dice: random.Random, number: int) -> Request:
    service = dice.choice(SERVICES)
    context: dict[str, object] = {"project": dice.choice(("shop", None, 7)), "cost_usd": "99"}
    resource = pairs(context | ({} if service is None else {"service.name": service}))
    if number % 5 == 0:
        session = f"{PREFIX}-{number % 7}"
        at_ns = at("02:00") + number * SECOND
        points = metrics_request(lines(number + 1, at_ns, at_ns - MINUTE, session, f"k{number}"))
        points.resource_metrics[0].resource.ClearField("attributes")
        points.resource_metrics[0].resource.attributes.extend(resource)
        return points
    logs = ExportLogsServiceRequest()
    of_resource = logs.resource_logs.add()
    of_resource.resource.attributes.extend(resource)
    scope = of_resource.scope_logs.add(log_records=[record(dice, number)])
    scope.scope.name = dice.choice(SCOPES)
    return logs


def answers(path: DataPath) -> dict[str, PanelAnswer]:
    window = Window.between(at("01:00"), at("04:00"), UTC)
    panels = [BY_ID[id] for id in PANELS]
    with closing(path.backend()) as backend:
        return answer_panels(panels, backend, window, Scope(PREFIX), END)


@pytest.mark.servers
def test_both_paths_count_the_same(real_stack_path: StackPath, store_path: StorePath) -> None:
    dice = random.Random(11)
    for number in range(REQUESTS):
        one = [request(dice, number)]
        real_stack_path.send(one, dice.choice(PROTOCOLS))
        store_path.send(one)
    real_stack_path.settle()
    by_stack, by_store = answers(real_stack_path), answers(store_path)
    assert all(by_store[id].state == "value" for id in PANELS)
    assert by_store["total_cost"].costless
    for id in PANELS:
        stack, store = by_stack[id], by_store[id]
        assert stack.state == store.state, id
        assert stack.exact == store.exact, (id, stack.notes, store.notes)
        assert_same(stack.value, store.value, id)
        for name in store.parts:
            if name not in ("today", "7d", "30d"):
                assert_same(stack.parts[name], store.parts[name], f"{id} {name}")


def assert_same(stack: float | None, store: float | None, where: str) -> None:
    if stack is None or store is None:
        assert stack == store, where
    else:
        assert isclose(stack, store, rel_tol=1e-9, abs_tol=1e-9), f"{where}: {stack}, {store}"
