"""Sessions made up to be hard: each window says what was done in it."""

from collections.abc import Iterator
from typing import get_args
from zoneinfo import ZoneInfo

import pytest
from opentelemetry.proto.collector.metrics.v1.metrics_service_pb2 import ExportMetricsServiceRequest

from ccotel_tui.query.window import Window
from tests.accuracy.check import check
from tests.accuracy.client import Temporality, Truth
from tests.accuracy.days import MINUTE, SECOND, at
from tests.accuracy.paths import DataPath, EmbeddedPath, StackPath
from tests.accuracy.scenarios import SCENARIOS, long, pause
from tests.accuracy.sending import PROTOCOLS

TEMPORALITIES: tuple[Temporality, ...] = get_args(Temporality)
BEGIN, FINISH = "00:55", "03:45"
UTC, SEOUL, KOLKATA = map(ZoneInfo, ("UTC", "Asia/Seoul", "Asia/Kolkata"))


def life() -> Window:
    return Window.between(at(BEGIN), at(FINISH), UTC)


def windows(truth: Truth) -> Iterator[Window]:
    """The whole life, and windows cut at a request, at a point and in the middle of both."""
    yield life()
    requests, points = (sorted({time for time, *_ in all_}) for all_ in (truth.costs, truth.lines))
    request, point = requests[len(requests) // 2], points[len(points) // 2]
    begin, finish = requests[0] - 1500 * SECOND // 1000, points[-1] + MINUTE
    yield Window.between(begin, request, SEOUL, MINUTE)
    yield Window.between(request, finish, SEOUL, 5 * MINUTE)
    yield Window.between(begin, point, KOLKATA, 15 * MINUTE)
    yield Window.between(point, finish, KOLKATA, 15 * MINUTE)
    yield Window.between(requests[0], (request + finish) // 2_000_000 * 1_000_000, UTC)


@pytest.mark.parametrize("temporality", TEMPORALITIES)
@pytest.mark.parametrize("scenario", SCENARIOS)
def test_scenario(path: DataPath, scenario: str, temporality: Temporality) -> None:
    session, truth = f"{scenario}-{temporality}", Truth()
    protocol = PROTOCOLS[list(SCENARIOS).index(scenario) % len(PROTOCOLS)]
    for number, part in enumerate(SCENARIOS[scenario](session, temporality, truth)):
        if number:
            path.kill_receiver()
        path.send(part, protocol)
    path.settle()
    for window in windows(truth):
        check(path, window, session, truth.within(window.from_ns, window.to_ns))


@pytest.mark.parametrize("temporality", TEMPORALITIES)
def test_delivered_twice(embedded_path: EmbeddedPath, temporality: Temporality) -> None:
    session, truth = f"twice-{temporality}", Truth()
    [requests] = long(session, temporality, truth)
    for protocol in ("grpc", "http/json"):
        embedded_path.send(requests, protocol)
    for window in windows(truth):
        check(embedded_path, window, session, truth.within(window.from_ns, window.to_ns))


def test_delivered_in_reverse(embedded_path: EmbeddedPath) -> None:
    truth = Truth()
    [requests] = pause("reverse", "delta", truth)
    embedded_path.send(reversed(requests), "http/protobuf")
    for window in windows(truth):
        check(embedded_path, window, "reverse", truth.within(window.from_ns, window.to_ns))


@pytest.mark.servers
def test_cumulative_counters_delivered_twice(stack_path: StackPath) -> None:
    session, truth = "twice-on-the-stack", Truth()
    [requests] = long(session, "cumulative", truth)
    counters = [one for one in requests if isinstance(one, ExportMetricsServiceRequest)]
    stack_path.send(requests, "grpc")
    stack_path.send(counters, "http/json")
    stack_path.settle()
    for window in windows(truth):
        check(stack_path, window, session, truth.within(window.from_ns, window.to_ns))
