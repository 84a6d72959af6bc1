"""The shipped configuration, on the real servers: what is sent is what is answered."""

import json
import subprocess
import time
import urllib.parse
import urllib.request
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import pytest
import yaml
from google.protobuf.message import Message
from opentelemetry.proto.collector.logs.v1.logs_service_pb2 import ExportLogsServiceRequest
from opentelemetry.proto.collector.metrics.v1.metrics_service_pb2 import (
    ExportMetricsServiceRequest,
)
from opentelemetry.proto.common.v1.common_pb2 import AnyValue, InstrumentationScope, KeyValue
from opentelemetry.proto.logs.v1.logs_pb2 import LogRecord, ResourceLogs, ScopeLogs
from opentelemetry.proto.metrics.v1.metrics_pb2 import (
    AggregationTemporality,
    Metric,
    NumberDataPoint,
    ResourceMetrics,
    ScopeMetrics,
    Sum,
)
from opentelemetry.proto.resource.v1.resource_pb2 import Resource

from ccotel_tui.query.measures import COST_BY_EVENTS
from ccotel_tui.query.query import EventKind, Query, Scope
from ccotel_tui.query.stack.languages import logql
from tests.servers.cache import find
from tests.servers.servers import STACK, Prometheus, ServerError, Stack, read

pytestmark = pytest.mark.servers

SECOND = 1_000_000_000
RESOURCE = {"service.name": "claude-code", "service.version": "2.1.197", "os.type": "linux"}
COST = 0.040619
EVENT_SUM = (
    'sum(sum_over_time({service_name=~"claude-code.*"} | event_name="api_request"'
    ' | session_id="%s" | unwrap cost_usd | __error__="" [1h]))'
)
COUNTER = 'claude_code_cost_usage_USD_total{session_id="%s"}'


@pytest.fixture(scope="module")
def stack(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Stack]:
    with Stack(tmp_path_factory.mktemp("stack")) as running:
        yield running


@pytest.fixture
def loki_url(stack: Stack) -> str:
    if stack.loki is None:
        pytest.skip("no Loki on this machine: its recorded answers stand in")
    return stack.loki.url


def attributes(values: Mapping[str, str | int | float]) -> list[KeyValue]:
    return [KeyValue(key=key, value=any_value(value)) for key, value in values.items()]


def any_value(value: str | int | float) -> AnyValue:
    if isinstance(value, str):
        return AnyValue(string_value=value)
    return AnyValue(int_value=value) if isinstance(value, int) else AnyValue(double_value=value)


def event(
    session: str,
    cost: float,
    at: int,
    name: str = "api_request",
    scope_name: str = "com.anthropic.claude_code.events",
) -> ExportLogsServiceRequest:
    """One event, an api_request of the client's unless it is another's."""
    record = LogRecord(
        time_unix_nano=at,
        observed_time_unix_nano=at,
        body=AnyValue(string_value=f"{'claude_code.' * ('claude' in scope_name)}{name}"),
        attributes=attributes(
            {
                "session.id": session,
                "event.name": name,
                "event.sequence": 1,
                "model": "claude-opus-4-8",
                "cost_usd": cost,
                "duration_ms": 320,
            }
        ),
    )
    scope = InstrumentationScope(name=scope_name)
    logs = ResourceLogs(
        resource=Resource(attributes=attributes(RESOURCE)),
        scope_logs=[ScopeLogs(scope=scope, log_records=[record])],
    )
    return ExportLogsServiceRequest(resource_logs=[logs])


def delta(session: str, cost: float, start: int, end: int) -> ExportMetricsServiceRequest:
    """One delta point of the cost counter, as the client exports it."""
    point = NumberDataPoint(
        start_time_unix_nano=start,
        time_unix_nano=end,
        as_double=cost,
        attributes=attributes({"session.id": session, "model": "claude-opus-4-8[1m]"}),
    )
    metric = Metric(
        name="claude_code.cost.usage",
        unit="USD",
        sum=Sum(
            data_points=[point],
            aggregation_temporality=AggregationTemporality.AGGREGATION_TEMPORALITY_DELTA,
            is_monotonic=True,
        ),
    )
    scope = InstrumentationScope(name="com.anthropic.claude_code")
    metrics = ResourceMetrics(
        resource=Resource(attributes=attributes(RESOURCE)),
        scope_metrics=[ScopeMetrics(scope=scope, metrics=[metric])],
    )
    return ExportMetricsServiceRequest(resource_metrics=[metrics])


def send(stack: Stack, signal: str, message: Message) -> None:
    request = urllib.request.Request(
        f"{stack.collector.http}/v1/{signal}",
        data=message.SerializeToString(),
        headers={"Content-Type": "application/x-protobuf"},
    )
    with urllib.request.urlopen(request, timeout=10) as answer:
        assert answer.status == 200


def ask(url: str, query: str) -> list[tuple[dict[str, str], float]]:
    """The labels and values that an instant query answers now."""
    text = read(f"{url}?{urllib.parse.urlencode({'query': query})}")
    return [(row["metric"], float(row["value"][1])) for row in json.loads(text)["data"]["result"]]


def ask_prometheus(stack: Stack, query: str) -> list[tuple[dict[str, str], float]]:
    return ask(f"{stack.prometheus.url}/api/v1/query", query)


def ask_loki(url: str, query: str) -> list[float]:
    return [value for _, value in ask(f"{url}/loki/api/v1/query", query)]


def test_events_sum_to_what_was_sent(stack: Stack, loki_url: str) -> None:
    send(stack, "logs", event("events", COST, time.time_ns() - SECOND))
    stack.settle()
    assert ask_loki(loki_url, EVENT_SUM % "events") == [pytest.approx(COST, abs=1e-9)]


def test_late_event_counts_at_its_own_time(stack: Stack, loki_url: str) -> None:
    now = time.time_ns()
    send(stack, "logs", event("late", COST, now))
    send(stack, "logs", event("late", 1.0, now - 30 * 86400 * SECOND + 600 * SECOND))
    stack.settle()
    assert ask_loki(loki_url, EVENT_SUM % "late") == [pytest.approx(COST)]
    month = (EVENT_SUM % "late").replace("[1h]", "[30d]")
    assert ask_loki(loki_url, month) == [pytest.approx(1.0 + COST)]


def test_only_the_clients_events_make_streams_of_their_own(stack: Stack, loki_url: str) -> None:
    """Anybody may send a thousand names; each stream costs Loki memory, and it refuses too many."""
    for at, (name, scope) in enumerate(
        [
            ("tool_result", "com.anthropic.claude_code.events"),
            ("made_up", "com.anthropic.claude_code.events"),
            ("user_prompt", "another.program"),
        ]
    ):
        send(stack, "logs", event("streams", COST, time.time_ns() - at * SECOND, name, scope))
    stack.settle()
    for labelled, names in (('!=""', ["tool_result"]), ('=""', ["made_up", "user_prompt"])):
        rows = f'{{service_name=~".+", event_name{labelled}}} | session_id="streams" [1h]'
        counts = f"sum by (event_name) (count_over_time({rows}))"
        answer = ask(f"{loki_url}/loki/api/v1/query", counts)
        assert sorted(labels["event_name"] for labels, _ in answer) == names


def test_events_of_before_they_had_streams_of_their_own_count_as_well(
    stack: Stack, loki_url: str
) -> None:
    now = time.time_ns()
    send(stack, "logs", event("before", COST, now))
    stack.settle()
    former = event("before", 0.5, now - SECOND)
    request = urllib.request.Request(
        f"{loki_url}/otlp/v1/logs",
        data=former.SerializeToString(),
        headers={"Content-Type": "application/x-protobuf"},
    )
    with urllib.request.urlopen(request, timeout=10) as answer:
        assert answer.status == 204
    [text] = logql.compile_logql(
        logql.EVERY_STREAM, Query(COST_BY_EVENTS), Scope(session_id="before"), "1h"
    )
    assert ask_loki(loki_url, text) == [pytest.approx(COST + 0.5)]
    rows = logql.rows_logql(logql.EVERY_STREAM, [EventKind("api_request")], Scope("before"))
    parameters = urllib.parse.urlencode({"query": rows, "start": now - 60 * SECOND})
    data = json.loads(read(f"{loki_url}/loki/api/v1/query_range?{parameters}"))["data"]
    assert [row["stream"]["event_name"] for row in data["result"]] == ["api_request"] * 2


def test_no_silence_moves_events_out_of_what_a_crash_spares(loki_url: str) -> None:
    """Events that come back to a Loki that let go of the stream are lost if it is killed soon."""
    ingester = yaml.safe_load(read(f"{loki_url}/config"))["ingester"]
    assert ingester["chunk_idle_period"] == ingester["max_chunk_age"] == "1488h0m0s"


def test_counter_adds_up_over_a_pause(stack: Stack) -> None:
    now = time.time_ns()
    start = now - 30 * SECOND
    send(stack, "metrics", delta("counter", COST, start, now - 20 * SECOND))
    send(stack, "metrics", delta("counter", 0.5, now - 5 * SECOND, now))
    stack.settle()
    [(labels, value)] = ask_prometheus(stack, COUNTER % "counter")
    assert value == pytest.approx(COST + 0.5)
    assert labels["stream_start"] == str(start)
    assert labels["job"] == "claude-code"
    assert f'stream_start="{start}"' in read(stack.collector.exporter_url)


def test_every_series_of_the_client_has_its_start(stack: Stack) -> None:
    send(stack, "metrics", delta("start", COST, time.time_ns() - SECOND, time.time_ns()))
    stack.settle()
    assert ask_prometheus(stack, '{__name__=~"claude_code_.+"}')
    assert ask_prometheus(stack, '{__name__=~"claude_code_.+", stream_start=""}') == []


def test_nothing_is_lost_when_collector_and_prometheus_die(stack: Stack) -> None:
    stack.prometheus.kill()
    now = time.time_ns()
    send(stack, "metrics", delta("killed", COST, now - SECOND, now))
    stack.collector.kill()
    stack.collector.start()
    stack.prometheus.start()
    send(stack, "metrics", delta("killed", 0.5, now, now + 1))
    stack.settle()
    values = [value for _, value in ask_prometheus(stack, COUNTER % "killed")]
    assert values == pytest.approx([COST, 0.5])


@pytest.fixture
def composed(tmp_path: Path) -> dict[str, Any]:
    """The compose file as Docker Compose reads it."""
    binary = find("docker-compose")
    if binary is None:
        raise ServerError("docker-compose is not built: run make test-stack")
    done = subprocess.run(
        [binary, "-f", STACK / "docker-compose.yml", "config", "--format", "json"],
        env={"HOME": str(tmp_path)},
        capture_output=True,
        text=True,
    )
    assert done.returncode == 0, done.stderr
    assert done.stderr == ""
    read_file: dict[str, Any] = json.loads(done.stdout)
    return read_file


def test_compose_publishes_on_loopback_only(composed: dict[str, Any]) -> None:
    ports = [port for service in composed["services"].values() for port in service.get("ports", [])]
    assert {port["host_ip"] for port in ports} == {"127.0.0.1"}
    assert sorted(int(port["published"]) for port in ports) == [
        13000, 13100, 13133, 14317, 14318, 18889, 19090,
    ]  # fmt: skip


def test_compose_limits_every_service(composed: dict[str, Any]) -> None:
    for service in composed["services"].values():
        assert service["memswap_limit"] == service["mem_limit"]
        assert service["cap_drop"] == ["ALL"]
        assert service["security_opt"] == ["no-new-privileges:true"]


def test_compose_starts_prometheus_as_the_tests_do(composed: dict[str, Any], stack: Stack) -> None:
    assert isinstance(stack.prometheus, Prometheus)
    own = ("--config.file=", "--storage.tsdb.path=", "--web.listen-address=")
    shared = {flag for flag in stack.prometheus.arguments if not flag.startswith(own)}
    assert shared
    assert shared < set(composed["services"]["prometheus"]["command"])
