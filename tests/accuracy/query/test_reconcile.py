"""Events against counters, on every path."""

from contextlib import closing

import pytest
from opentelemetry.proto.collector.logs.v1.logs_service_pb2 import ExportLogsServiceRequest

from ccotel_tui.query.query import Scope
from ccotel_tui.query.reconcile import CAUSES, Reconciliation, reconcile
from ccotel_tui.query.window import Window
from tests.accuracy.check import same
from tests.accuracy.paths.paths import DataPath, StackPath
from tests.accuracy.truth.client import Temporality
from tests.accuracy.truth.cuts import UTC
from tests.accuracy.truth.days import BEGIN, DAY, END
from tests.accuracy.truth.scenarios import Scenario, late, long
from tests.accuracy.truth.truth import Truth


def compared(path: DataPath, session: str) -> Reconciliation:
    with closing(path.backend()) as backend:
        window = Window.between(BEGIN - DAY, END, UTC)
        return reconcile(backend, window, Scope(session), END)


def sent(path: DataPath, scenario: Scenario, session: str, temporality: Temporality) -> Truth:
    truth = Truth()
    for part in scenario(session, temporality, truth):
        path.send(part, "grpc")
    path.settle()
    return truth


@pytest.mark.parametrize("temporality", ["delta", "cumulative"])
def test_a_whole_session_agrees(path: DataPath, temporality: Temporality) -> None:
    session = f"reconciled-{temporality}"
    truth = sent(path, long, session, temporality)
    [balance] = compared(path, session).balances
    assert balance.state == "agrees"
    same(sum(balance.sums["cost"].events.values()), truth.spent(), "usd")


def test_a_lost_batch_is_the_difference(path: DataPath) -> None:
    truth = sent(path, late, "reconciled-late", "cumulative")
    [balance] = compared(path, "reconciled-late").balances
    assert balance.state == "differs"
    same(balance.sums["cost"].difference, sum(truth.unseen.values()), "usd")
    assert balance.cause in (
        CAUSES["more"],
        CAUSES["lost"].format(missed=sum(truth.missed.values())),
    )


@pytest.mark.servers
def test_events_that_come_twice_with_a_flush_between_are_the_difference(
    real_stack_path: StackPath,
) -> None:
    """Loki forgets what it has written to the disk, and takes it again: that is told."""
    path, session, truth = real_stack_path, "flushed-between", Truth()
    [requests] = long(session, "delta", truth)
    path.send(requests, "grpc")
    path.settle()
    path.flush()
    path.send([one for one in requests if isinstance(one, ExportLogsServiceRequest)], "grpc")
    path.settle()
    [balance] = compared(path, session).balances
    assert (balance.state, balance.cause) == ("differs", CAUSES["less"])
    same(balance.sums["cost"].difference, -truth.spent(), "usd")
