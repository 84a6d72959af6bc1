"""Events against counters, on every path."""

from contextlib import closing

import pytest

from ccotel_tui.query.ask import Scope
from ccotel_tui.query.reconcile import CAUSES, Reconciliation, reconcile
from ccotel_tui.query.window import Window
from tests.accuracy.check import same
from tests.accuracy.client import Temporality
from tests.accuracy.cuts import UTC
from tests.accuracy.days import BEGIN, DAY, END
from tests.accuracy.paths import DataPath
from tests.accuracy.scenarios import Scenario, late, long
from tests.accuracy.truth import Truth


def compared(path: DataPath, session: str) -> Reconciliation:
    with closing(path.source()) as source:
        window = Window.between(BEGIN - DAY, END, UTC)
        return reconcile(source, window, Scope(session), END)


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
    assert balance.cause in (CAUSES["more"], CAUSES["lost"].format(sum(truth.missed.values())))
