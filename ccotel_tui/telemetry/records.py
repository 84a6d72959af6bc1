"""The three shapes that telemetry has inside the project."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from ccotel_tui.telemetry.conventions import EVENT_SCOPE, METRIC_SCOPE, TRACE_SCOPE

Value = str | int | float | bool | list["Value"] | dict[str, "Value"] | None
"""An attribute's value, as JSON can hold it."""

Attributes = Mapping[str, Value]


@dataclass(frozen=True, slots=True)
class Event:
    """Something that happened once, a log record in OTLP.

    `time_ns` is Unix time in nanoseconds, `service` and `version` the resource's service.name and
    service.version, `name` without the client's prefix. `scope` names its instrumentation scope:
    the client's, or another program's. `context` has the other attributes of its resource and its
    scope; where a key is in both, that of `attributes` holds.
    """

    time_ns: int
    service: str
    name: str
    attributes: Attributes
    version: str = ""
    scope: str = EVENT_SCOPE
    context: Attributes = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Point:
    """One data point of a monotonic sum.

    `start_ns` and `time_ns` are Unix time in nanoseconds. A delta counts what came in
    (start, time], a cumulative point all since its start. The rest is as in Event.
    """

    time_ns: int
    start_ns: int
    service: str
    metric: str
    unit: str
    cumulative: bool
    value: float
    attributes: Attributes
    version: str = ""
    scope: str = METRIC_SCOPE
    context: Attributes = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class TraceSpan:
    """A stretch of a trace, by the client: other programs' are not kept.

    `start_ns` and `time_ns` are its start and its end in Unix nanoseconds, the ids lower-case
    hexadecimal; `parent_id` is empty for the first of a trace. The rest is as in Event.
    """

    time_ns: int
    start_ns: int
    service: str
    name: str
    trace_id: str
    span_id: str
    attributes: Attributes
    parent_id: str = ""
    version: str = ""
    scope: str = TRACE_SCOPE
    context: Attributes = field(default_factory=dict)


Record = Event | Point | TraceSpan
