"""Sessions made up to be hard: each window says what was done in it."""

from typing import Literal

import pytest
from opentelemetry.proto.collector.metrics.v1.metrics_service_pb2 import ExportMetricsServiceRequest

from ccotel_tui.query.window import Window
from tests.accuracy.check import check, panels, same
from tests.accuracy.paths.paths import DataPath, EmbeddedPath, StackPath
from tests.accuracy.paths.sending import PROTOCOLS, Protocol
from tests.accuracy.truth.client import Temporality
from tests.accuracy.truth.cuts import UTC, cuts, life
from tests.accuracy.truth.days import DAY, HOUR, MINUTE, SECOND
from tests.accuracy.truth.scenarios import CASES, ONLY_EMBEDDED, SCENARIOS, late, long, scope_of
from tests.accuracy.truth.truth import Truth

TEMPORALITIES: tuple[Temporality, ...] = ("delta", "cumulative")


def played(path: DataPath, scenario: str, temporality: Temporality) -> Truth:
    """The truth of a scenario that was sent, the receiver killed between its parts."""
    truth = Truth()
    parts = SCENARIOS[scenario](f"{scenario}-{temporality}", temporality, truth)
    for number, part in enumerate(parts):
        if number:
            path.kill_receiver()
        path.send(part, _protocol(scenario))
    path.settle()
    return truth


def _protocol(scenario: str) -> Protocol:
    return PROTOCOLS[list(SCENARIOS).index(scenario) % len(PROTOCOLS)]


@pytest.mark.parametrize(
    ("scenario", "temporality"), [case for case in CASES if case not in ONLY_EMBEDDED]
)
def test_scenario(path: DataPath, scenario: str, temporality: Temporality) -> None:
    check_scenario(path, scenario, temporality)


@pytest.mark.parametrize(("scenario", "temporality"), ONLY_EMBEDDED)
def test_scenario_that_only_the_embedded_store_can_tell(
    embedded_path: EmbeddedPath, scenario: str, temporality: Temporality
) -> None:
    check_scenario(embedded_path, scenario, temporality)


def check_scenario(path: DataPath, scenario: str, temporality: Temporality) -> None:
    truth = played(path, scenario, temporality)
    scope = scope_of(scenario, temporality)
    for window in cuts(truth, few=path.name == "stack"):
        check(path, window, scope, truth)


@pytest.mark.parametrize("temporality", TEMPORALITIES)
@pytest.mark.parametrize(("scenario", "sessions"), [("at-once", "ab"), ("cleared", ("old", "new"))])
def test_each_of_several_sessions(
    store_path: DataPath, scenario: str, sessions: tuple[str, ...], temporality: Temporality
) -> None:
    truth = played(store_path, scenario, temporality)
    for name in sessions:
        session = f"{scenario}-{temporality}-{name}"
        assert truth.only(session).amounts
        for window in cuts(truth):
            check(store_path, window, session, truth.only(session))


def test_all_at_once(store_path: DataPath) -> None:
    truth = Truth()
    for scenario, temporality in CASES:
        for part in SCENARIOS[scenario](f"{scenario}-{temporality}", temporality, truth):
            store_path.send(part, "grpc")
    for window in cuts(truth):
        check(store_path, window, "", truth)


def test_what_nobody_heard_of_is_unseen_with_a_cumulative_client(store_path: DataPath) -> None:
    truth = played(store_path, "late", "cumulative")
    cost = check(store_path, life(truth), "", truth)["total_cost"]
    same((cost.value or 0) + (cost.parts["unseen"] or 0), truth.spent(), "usd")
    assert (cost.parts["unseen"] or 0) > (cost.value or 0) / 3


def test_what_nobody_heard_of_is_unseen_only_after_two_quiet_minutes(
    store_path: DataPath,
) -> None:
    truth = played(store_path, "late", "cumulative")
    [*_, last] = sorted(one.time_ns for one in truth.of("active"))
    first = min(one.time_ns for one in truth.of("lines"))
    for now_ns, unseen in (
        (first + 2 * MINUTE - SECOND, 0),
        (last + 2 * MINUTE, sum(truth.unseen.values())),
    ):
        window = Window.between(first - HOUR, now_ns, UTC)
        cost = panels(store_path, window, "", now_ns)["total_cost"]
        same(cost.parts["unseen"], unseen, "usd")


def test_a_delta_client_tells_nothing_of_what_was_lost(store_path: DataPath) -> None:
    truth = Truth()
    [requests] = late("late", "delta", truth)
    store_path.send(requests, "grpc")
    cost = check(store_path, life(truth), "", truth)["total_cost"]
    assert cost.parts["unseen"] == 0


@pytest.mark.parametrize("temporality", TEMPORALITIES)
def test_delivered_twice_by_two_protocols(
    embedded_path: EmbeddedPath, temporality: Temporality
) -> None:
    session, truth = f"twice-{temporality}", Truth()
    [requests] = long(session, temporality, truth)
    for protocol in ("grpc", "http/json"):
        embedded_path.send(requests, protocol)
    for window in cuts(truth):
        check(embedded_path, window, session, truth)


@pytest.mark.parametrize(("scenario", "temporality"), CASES)
def test_delivered_in_reverse_and_twice(
    store_path: DataPath, scenario: str, temporality: Temporality
) -> None:
    truth = Truth()
    parts = SCENARIOS[scenario]("s", temporality, truth)
    requests = [request for part in parts for request in part]
    for _ in range(2):
        store_path.send(reversed(requests), "grpc")
    # A cumulative counter whose newest point comes first counts at that point's time.
    exact_in_parts = temporality == "delta" and scenario != "hidden"
    for window in cuts(truth) if exact_in_parts else [life(truth, DAY)]:
        check(store_path, window, "", truth)


@pytest.mark.servers
def test_cumulative_counters_delivered_twice(stack_path: StackPath) -> None:
    session, truth = "twice-on-the-stack", Truth()
    [requests] = long(session, "cumulative", truth)
    counters = [one for one in requests if isinstance(one, ExportMetricsServiceRequest)]
    stack_path.send(requests, "grpc")
    stack_path.send(counters, "http/json")
    stack_path.settle()
    for window in cuts(truth, few=True):
        check(stack_path, window, session, truth)


@pytest.mark.servers
@pytest.mark.parametrize("temporality", TEMPORALITIES)
def test_prometheus_is_away_for_a_while(stack_path: StackPath, temporality: Temporality) -> None:
    check_away(stack_path, "prometheus", temporality)


@pytest.mark.servers
@pytest.mark.parametrize("temporality", TEMPORALITIES)
def test_loki_is_away_for_a_while(own_stack_path: StackPath, temporality: Temporality) -> None:
    check_away(own_stack_path, "loki", temporality)


def check_away(
    path: StackPath, server: Literal["prometheus", "loki"], temporality: Temporality
) -> None:
    session, truth = f"{server}-away-{temporality}", Truth()
    before, while_away, after = SCENARIOS["killed"](session, temporality, truth)
    path.send(before, "grpc")
    with path.without(server):
        path.send(while_away, "grpc")
    path.send(after, "grpc")
    path.settle()
    for window in cuts(truth, few=True):
        check(path, window, session, truth)
