"""A fake Claude Code: the export requests of one process, and the truth of what it did."""

from collections import Counter, defaultdict
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal

from opentelemetry.proto.collector.logs.v1.logs_service_pb2 import ExportLogsServiceRequest
from opentelemetry.proto.collector.metrics.v1.metrics_service_pb2 import ExportMetricsServiceRequest
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

Request = ExportLogsServiceRequest | ExportMetricsServiceRequest
Temporality = Literal["delta", "cumulative"]
Attributes = Mapping[str, str | int | float]
SeriesKey = tuple[str, tuple[tuple[str, str], ...]]

OPUS = "claude-opus-4-8"
HAIKU = "claude-haiku-4-5-20251001"

_UNITS = {"claude_code.cost.usage": "USD", "claude_code.lines_of_code.count": ""}
_KINDS = {str: "string_value", int: "int_value", float: "double_value"}
_TEMPORALITIES: dict[Temporality, AggregationTemporality.ValueType] = {
    "delta": AggregationTemporality.AGGREGATION_TEMPORALITY_DELTA,
    "cumulative": AggregationTemporality.AGGREGATION_TEMPORALITY_CUMULATIVE,
}


@dataclass(frozen=True)
class Expected:
    """What the panels have to say: dollars by model, lines by type, calls by (tool, success)."""

    cost: Mapping[str, float] = field(default_factory=dict)
    lines: Mapping[str, float] = field(default_factory=dict)
    tools: Mapping[tuple[str, bool], int] = field(default_factory=dict)

    def __add__(self, other: "Expected") -> "Expected":
        return Expected(
            _sum(self.cost, other.cost),
            _sum(self.lines, other.lines),
            Counter(self.tools) + Counter(other.tools),
        )


@dataclass
class Truth:
    """All that was done, each with the time it counts at: a line at its point's time."""

    costs: list[tuple[int, str, float]] = field(default_factory=list)
    lines: list[tuple[int, str, float]] = field(default_factory=list)
    tools: list[tuple[int, str, bool]] = field(default_factory=list)

    def within(self, from_ns: int, to_ns: int) -> Expected:
        """What counts in (from_ns, to_ns]."""
        cost: defaultdict[str, float] = defaultdict(float)
        lines: defaultdict[str, float] = defaultdict(float)
        for time_ns, model, dollars in self.costs:
            if from_ns < time_ns <= to_ns:
                cost[model] += dollars
        for time_ns, type_, number in self.lines:
            if from_ns < time_ns <= to_ns:
                lines[type_] += number
        tools = Counter(
            (name, ok) for time_ns, name, ok in self.tools if from_ns < time_ns <= to_ns
        )
        return Expected(cost, lines, tools)


@dataclass
class _Series:
    """A counter of one process: since when, how much at the last export and now."""

    start_ns: int
    exported: float = 0.0
    value: float = 0.0
    was_idle: bool = False


class Client:
    """One process of a session; what it does since an export is in the next one."""

    def __init__(self, session_id: str, temporality: Temporality, truth: Truth) -> None:
        self.session_id = session_id
        self.temporality = temporality
        self.truth = truth
        self._sequence = 0
        self._logs: list[LogRecord] = []
        self._series: dict[SeriesKey, _Series] = {}
        self._lines: list[tuple[str, float]] = []
        self._last_export_ns = 0

    def prompt(self, time_ns: int) -> None:
        self._event(time_ns, "user_prompt", {"prompt_length": "40", "prompt": "<REDACTED>"})

    def request(self, time_ns: int, dollars: float, model: str = OPUS) -> None:
        self.truth.costs.append((time_ns, model.removesuffix("[1m]"), dollars))
        sizes = {"input_tokens": 41, "output_tokens": 196, "duration_ms": 243}
        said: Attributes = {"model": model, "cost_usd": dollars, "query_source": "sdk"}
        self._event(time_ns, "api_request", {**said, **sizes})
        wanted = f"{model}[1m]" if model == OPUS else model
        labels = {"model": wanted, "query_source": "main"}
        self._count(time_ns, "claude_code.cost.usage", labels, dollars)

    def tool(self, time_ns: int, name: str, success: bool = True) -> None:
        self.truth.tools.append((time_ns, name, success))
        said = {"tool_name": name, "success": str(success).lower(), "duration_ms": "61"}
        self._event(time_ns, "tool_result", said)

    def edit(self, time_ns: int, added: int, removed: int) -> None:
        for type_, number in (("added", added), ("removed", removed)):
            self._lines.append((type_, number))
            labels = {"type": type_, "model": OPUS}
            self._count(time_ns, "claude_code.lines_of_code.count", labels, number)

    def export(self, time_ns: int) -> list[Request]:
        """The requests of an export at this time: events, then counters."""
        self.truth.lines += [(time_ns, type_, number) for type_, number in self._lines]
        requests = [*self._export_logs(), *self._export_metrics(time_ns)]
        self._lines = []
        self._last_export_ns = time_ns
        return requests

    def _event(self, time_ns: int, name: str, attributes: Attributes) -> None:
        said = {**self._carried(), "event.name": name, "event.sequence": self._sequence}
        self._sequence += 1
        self._logs.append(
            LogRecord(
                time_unix_nano=time_ns,
                observed_time_unix_nano=time_ns,
                body=AnyValue(string_value=f"claude_code.{name}"),
                attributes=_attributes({**said, **attributes}),
            )
        )

    def _count(self, time_ns: int, metric: str, labels: Mapping[str, str], number: float) -> None:
        key = (metric, tuple(labels.items()))
        series = self._series.setdefault(key, _Series(time_ns))
        if series.was_idle and self.temporality == "delta":
            series.start_ns = time_ns
        series.was_idle = False
        series.value += number

    def _export_logs(self) -> list[Request]:
        logs, self._logs = self._logs, []
        if not logs:
            return []
        scope = InstrumentationScope(name="com.anthropic.claude_code.events", version="2.1.330")
        scoped = [ScopeLogs(scope=scope, log_records=logs)]
        resource = [ResourceLogs(resource=_resource(), scope_logs=scoped)]
        return [ExportLogsServiceRequest(resource_logs=resource)]

    def _export_metrics(self, time_ns: int) -> list[Request]:
        points: defaultdict[str, list[NumberDataPoint]] = defaultdict(list)
        for (metric, labels), series in self._series.items():
            if self.temporality == "cumulative" or series.value != series.exported:
                points[metric].append(self._point(time_ns, dict(labels), series))
            else:
                series.was_idle = True
        if not points:
            return []
        scope = InstrumentationScope(name="com.anthropic.claude_code", version="2.1.330")
        metrics = [self._metric(name, found) for name, found in points.items()]
        scoped = [ScopeMetrics(scope=scope, metrics=metrics)]
        resource = [ResourceMetrics(resource=_resource(), scope_metrics=scoped)]
        return [ExportMetricsServiceRequest(resource_metrics=resource)]

    def _point(self, time_ns: int, labels: Attributes, series: _Series) -> NumberDataPoint:
        delta = self.temporality == "delta"
        point = NumberDataPoint(
            start_time_unix_nano=series.start_ns,
            time_unix_nano=time_ns,
            as_double=series.value - series.exported if delta else series.value,
            attributes=_attributes({**self._carried(), **labels}),
        )
        series.exported = series.value
        if delta:
            series.start_ns = time_ns
        return point

    def _metric(self, name: str, points: list[NumberDataPoint]) -> Metric:
        kind = _TEMPORALITIES[self.temporality]
        data = Sum(data_points=points, aggregation_temporality=kind, is_monotonic=True)
        return Metric(name=name, unit=_UNITS[name], sum=data)

    def _carried(self) -> Attributes:
        return {"user.id": "302fa2364fab", "session.id": self.session_id, "terminal.type": "xterm"}


def _sum(left: Mapping[str, float], right: Mapping[str, float]) -> dict[str, float]:
    return {key: left.get(key, 0.0) + right.get(key, 0.0) for key in {*left, *right}}


def _resource() -> Resource:
    names = {"service.name": "claude-code", "service.version": "2.1.330", "os.type": "linux"}
    return Resource(attributes=_attributes(names))


def _attributes(values: Attributes) -> list[KeyValue]:
    return [
        KeyValue(key=key, value=AnyValue(**{_KINDS[type(value)]: value}))  # type: ignore[arg-type]
        for key, value in values.items()
    ]
