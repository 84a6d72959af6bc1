"""What sessions spent while nobody listened, down to a cent and not down to a rounding error."""

from collections.abc import Iterable, Iterator
from pathlib import Path
from threading import Event

import pytest

from ccotel_tui.query.embedded.backend import open_embedded
from ccotel_tui.query.query import Answer, Query, Scope, Series
from ccotel_tui.query.source import Backend
from ccotel_tui.query.stack.client import StackClient
from ccotel_tui.query.stack.diagnostics.lost_events import LostEvents
from ccotel_tui.query.stack.diagnostics.stack_diagnostics import StackDiagnostics
from ccotel_tui.query.stack.diagnostics.unrecorded import (
    BackgroundCosts,
    CounterExcess,
    SessionCosts,
)
from ccotel_tui.query.stack.source import StackSource
from ccotel_tui.query.window import HOUR, MINUTE, Window
from ccotel_tui.telemetry.conventions import COST
from ccotel_tui.telemetry.records import Point
from tests.query.passing import Passing
from tests.servers.servers import until
from tests.store.reading import fill
from tests.tools.otlp import T0, request

SPENT = 1.0
COUNTED = {"cent": SPENT + 0.01, "rounded": SPENT + 1e-7}
"""Dollars, by session."""


def _stored(path: Path) -> Backend:
    for session, dollars in COUNTED.items():
        attributes = {"session.id": session, "model": "m"}
        counter = Point(T0, T0 - MINUTE, "claude-code", COST, "USD", False, dollars, attributes)
        fill(path, [request(SPENT, T0, session), counter])
    return open_embedded(path)


def _series(dollars: dict[str, float]) -> Answer:
    return tuple(
        Series({"session_id": session}, ((T0, number),), "events", exact=True)
        for session, number in dollars.items()
    )


class _Served(Passing):
    """Servers that have been asked."""

    def numbers(
        self, queries: Iterable[Query], window: Window, scope: Scope
    ) -> dict[Query, Answer]:
        counted, seen = queries
        return {counted: _series(COUNTED), seen: _series(dict.fromkeys(COUNTED, SPENT))}


@pytest.fixture(params=["embedded", "stack"])
def backend(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Backend]:
    if request.param == "embedded":
        backend = _stored(tmp_path / "telemetry.db")
    else:
        client = StackClient("http://127.0.0.1:1", "http://127.0.0.1:1")
        served = _Served(StackSource(client))
        diagnostics = StackDiagnostics(
            client, CounterExcess(served), LostEvents(client), lambda _: {}
        )
        backend = Backend("stack", served, diagnostics, close=client.close)
    yield backend
    backend.close()


def test_a_cent_is_unseen_and_a_rounding_error_is_not(backend: Backend) -> None:
    assert backend.diagnostics.unrecorded_cost(["cent"], T0 + HOUR) == pytest.approx(0.01)
    assert backend.diagnostics.unrecorded_cost(["rounded"], T0 + HOUR) == 0


class _Slow:
    """Costs that are read when somebody lets them."""

    def __init__(self) -> None:
        self.released = Event()

    def by_session(self, to_ns: int) -> SessionCosts | None:
        assert self.released.wait(60)
        return {"cent": 0.01}


def test_nobody_waits_for_what_is_unseen() -> None:
    slow = _Slow()
    costs = BackgroundCosts(slow)
    assert costs.by_session(T0) is None
    slow.released.set()
    assert until(lambda: costs.by_session(T0) == {"cent": 0.01}, within=60)
    costs.close()
