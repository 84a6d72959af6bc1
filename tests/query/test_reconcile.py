"""Events against counters: what agrees, what differs, and why."""

from collections.abc import Iterable, Mapping
from contextlib import closing
from dataclasses import replace
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest

from ccotel_tui.query.embedded.backend import open_embedded
from ccotel_tui.query.query import Scope
from ccotel_tui.query.reconcile import CAUSES, Balance, Reconciliation, compare_sums, reconcile
from ccotel_tui.query.source import NoDiagnostics
from ccotel_tui.query.window import HOUR, MINUTE, Window
from ccotel_tui.telemetry.records import Attributes, Event, Point, Record
from tests.panels.recordings import fill as fill_lines
from tests.panels.recordings import moved
from tests.store.reading import fill
from tests.tools.otlp import SECOND, T0, Plain, event

NOW = T0 + HOUR
UTC = ZoneInfo("UTC")


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "telemetry.db"


def spent(
    cost: float, sequence: int = 0, session: str = "s1", query_source: str = "sdk", at: int = T0
) -> Event:
    told: dict[str, Plain] = {"event.sequence": sequence, "query_source": query_source}
    return event("api_request", at + sequence, session, cost_usd=cost, **told)


def counted(
    cost: float, number: int = 0, session: str = "s1", query_source: str | None = "main"
) -> Point:
    told: Attributes = {} if query_source is None else {"query_source": query_source}
    return Point(
        T0 + SECOND + number,
        T0,
        "claude-code",
        "claude_code.cost.usage",
        "USD",
        False,
        cost,
        {"session.id": session, **told},
    )


def found(path: Path, records: Iterable[Record], now_ns: int = NOW) -> Reconciliation:
    fill(path, records)
    with closing(open_embedded(path)) as backend:
        return reconcile(backend, Window.between(T0 - HOUR, now_ns, UTC), Scope(), now_ns)


def only(found: Reconciliation) -> Balance:
    [balance] = found.balances
    return balance


def test_the_recorded_sessions_agree(path: Path) -> None:
    lines, newest_ns = moved()
    fill_lines(path, lines)
    now_ns = newest_ns + 3 * MINUTE
    with closing(open_embedded(path)) as backend:
        window = Window.between(newest_ns - 24 * HOUR, now_ns, UTC)
        said = reconcile(backend, window, Scope(), now_ns)
    assert len(said.of("agrees")) == len(said.balances) > 20
    assert any(one.sums["cost"].by_source().keys() >= {"main", "subagent"} for one in said.balances)
    assert said.difference_usd == 0


@pytest.mark.parametrize(
    ("records", "difference", "cause"),
    [
        ([spent(1), spent(4, 2), counted(7)], 2, CAUSES["lost"].format(missed=1)),
        ([spent(1), counted(3)], 2, CAUSES["more"]),
        ([spent(1), spent(2, 1), counted(1)], -2, CAUSES["less"]),
        ([spent(1), spent(2, 1, query_source="agent:x"), counted(3)], 0, CAUSES["split"]),
    ],
    ids=["a batch lost", "more counted", "points lost", "another source"],
)
def test_a_difference_is_named(
    path: Path, records: list[Record], difference: float, cause: str
) -> None:
    said = only(found(path, records))
    assert (said.state, said.cause) == ("differs", cause)
    assert said.sums["cost"].difference == pytest.approx(difference)


@pytest.mark.parametrize(
    ("records", "state"),
    [([spent(1)], "events only"), ([counted(1)], "counters only")],
)
def test_one_side_alone_is_no_difference(path: Path, records: list[Record], state: str) -> None:
    said = found(path, records)
    assert (only(said).state, only(said).cause) == (state, CAUSES[state])
    assert said.difference_usd == 0


def test_by_source_where_both_sides_tell_it(path: Path) -> None:
    balanced = [spent(1), spent(2, 1, query_source="agent:x")]
    untold = (spent(1, session="s2"), counted(1, session="s2", query_source=None))
    counters = [counted(1), counted(2, query_source="subagent")]
    said = found(path, (*balanced, *counters, *untold))
    assert [one.state for one in said.balances] == ["agrees", "agrees"]
    sources = {one.session_id: one.sums["cost"].by_source() for one in said.balances}
    assert sources == {"s1": {"main": 0, "subagent": 0}, "s2": {}}


def test_who_was_active_two_minutes_ago_goes_on(path: Path) -> None:
    early = found(path, [spent(1), counted(3)], T0 + 2 * MINUTE - 1)
    assert (early.balances, early.going_on) == ((), 1)
    late = found(path, [], T0 + 2 * MINUTE)
    assert (len(late.balances), late.going_on) == (1, 0)


def test_a_session_counts_with_its_whole_life(path: Path) -> None:
    before = T0 - 3 * HOUR
    said = found(path, [spent(1, at=before), spent(2, 1), counted(3)])
    assert only(said).state == "agrees"


class _Unasked(NoDiagnostics):
    def lost_events(self, sessions: Iterable[str], window: Window) -> Mapping[str, int]:
        raise AssertionError("no cause is wanted")


def test_sums_are_compared_without_looking_for_a_cause(path: Path) -> None:
    fill(path, [spent(1), spent(4, 2), counted(7)])
    window = Window.between(T0 - HOUR, NOW, UTC)
    with closing(open_embedded(path)) as backend:
        unasked = replace(backend, diagnostics=_Unasked())
        said = only(compare_sums(unasked, window, Scope(), NOW))
    assert (said.state, said.cause) == ("differs", "")
    assert said.sums["cost"].difference == pytest.approx(2)
