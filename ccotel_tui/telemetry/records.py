"""The two shapes that telemetry has inside the project."""

from collections.abc import Mapping
from dataclasses import dataclass

Value = str | int | float | bool | list["Value"] | dict[str, "Value"] | None
"""An attribute's value, as JSON can hold it."""

Attributes = Mapping[str, Value]


@dataclass(frozen=True, slots=True)
class Event:
    """Something that happened once, a log record in OTLP.

    `time_ns` is Unix time in nanoseconds, `service` and `version` the resource's service.name and
    service.version, `name` without the client's prefix.
    """

    time_ns: int
    service: str
    name: str
    attributes: Attributes
    version: str = ""


@dataclass(frozen=True, slots=True)
class Point:
    """One data point of a monotonic sum.

    `start_ns` and `time_ns` are Unix time in nanoseconds. A delta counts what came in
    (start, time], a cumulative point all since its start.
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


Record = Event | Point
