"""What rules are judged by is read of a source: each within its window, and no more of it."""

from collections.abc import Sequence
from contextlib import closing
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from ccotel_tui.query.embedded.backend import open_embedded
from ccotel_tui.query.query import EventKind, EventRow, Scope
from ccotel_tui.query.rules.facts import (
    BURN_WINDOW,
    ERRORS_WINDOW,
    LOOP_WINDOW,
    USUAL_WINDOW,
    RuleFacts,
    RuleReading,
)
from ccotel_tui.query.rules.reading import RuleReader
from ccotel_tui.query.rules.rules import alerts
from ccotel_tui.query.rules.thresholds import Thresholds
from ccotel_tui.query.source import Backend
from ccotel_tui.query.window import LONGEST_SESSION, MINUTE, SECOND, Window
from ccotel_tui.store.database import Database
from ccotel_tui.telemetry.records import Event
from tests.tools.otlp import T0, event, request

UTC = ZoneInfo("UTC")
NOW = T0 + 5 * MINUTE
"""Ten-minute parts end in the middle of the present one."""


EVERYTHING = Scope()


def read(backend: Backend, *running: str, scope: Scope = EVERYTHING) -> RuleReading:
    return RuleReader(Thresholds(), scope).read(backend, running, NOW, UTC)


def holding(reading: RuleReading, now_ns: int = NOW) -> list[tuple[str, str]]:
    return [(alert.rule, alert.session_id) for alert in alerts(RuleFacts(now_ns, reading))]


def failed(at: int, session: str = "s1", **more: Any) -> Event:
    attributes = {"tool_name": "Bash", "success": "false", "prompt.id": "p1", **more}
    return event("tool_result", at, session, **attributes)


def test_a_loop_and_errors_of_any_session(database: Database, backend: Backend) -> None:
    database.append([failed(NOW - n * SECOND, "s2", n=str(n)) for n in (1, 2, 3)])
    database.append([failed(NOW - n * SECOND, "s1", n=str(n)) for n in (1, 2)])
    database.append([event("api_error", NOW - n * MINUTE, n=str(n)) for n in (1, 2, 3)])
    reading = read(backend)
    assert holding(reading) == [("loop", "s2"), ("errors", "")]
    assert holding(reading, NOW + 3 * MINUTE) == [("loop", "s2")]


def test_a_loop_beside_much_that_goes_well(database: Database, backend: Backend) -> None:
    database.append([failed(NOW - n * SECOND, "s2", n=str(n)) for n in (61, 62, 63)])
    database.append(
        [failed(NOW - SECOND, f"s2{n % 9}", n=str(n), success="true") for n in range(900)]
    )
    reading = read(backend)
    assert holding(reading) == [("loop", "s2")]
    assert len(reading.calls) == 3


def test_a_loop_of_a_session_that_is_not_named(database: Database, backend: Backend) -> None:
    for session in ("", "s2"):
        database.append([failed(NOW - n * SECOND, session, n=str(n)) for n in (1, 2, 3)])
    loops = {(alert.session_id, alert.number) for alert in alerts(RuleFacts(NOW, read(backend)))}
    assert sorted(loops) == [
        ("s2", 3),
        ("unknown", 3),
    ]


def test_a_storm_of_errors_is_told_as_large_as_it_is(database: Database, backend: Backend) -> None:
    database.append([event("api_error", NOW - SECOND, n=str(n)) for n in range(700)])
    facts = RuleFacts(NOW, read(backend))
    assert [alert.number for alert in alerts(facts)] == [700]
    assert alerts(facts, Thresholds(errors=700))
    assert not alerts(facts, Thresholds(errors=701))


def test_a_typed_prompt_ends_a_loop(database: Database, backend: Backend) -> None:
    database.append([failed(NOW - n * SECOND, n=str(n)) for n in (3, 4, 5)])
    database.append([event("user_prompt", NOW - SECOND, **{"prompt.id": "p2"})])
    assert holding(read(backend)) == []


def test_a_surge_against_the_usual_of_its_hour(database: Database, backend: Backend) -> None:
    # $1.20 an hour before, then $12 an hour; the other session does as it did.
    usual = [request(0.2, NOW - n * MINUTE, s) for n in (20, 30, 40) for s in ("s1", "s2")]
    now = [request(1.0, NOW - 2 * MINUTE, sequence=n) for n in (1, 2)]
    database.append([*usual, *now, request(0.2, NOW - MINUTE, "s2")])
    reading = read(backend)
    assert reading.burn == pytest.approx({"s1": 12.0, "s2": 1.2})
    assert reading.usual == pytest.approx({"s1": 1.2, "s2": 1.2})
    [alert] = alerts(RuleFacts(NOW, reading))
    assert (alert.rule, alert.session_id) == ("surge", "s1")
    assert alert.number == pytest.approx(12.0)
    assert [row["cost_usd"] for row in alert.rows] == [1.0, 1.0]


def test_nothing_is_usual_in_a_session_that_has_just_begun(
    database: Database, backend: Backend
) -> None:
    early = [request(0.1, NOW - 12 * MINUTE)]
    database.append([*early, *(request(2.0, NOW - MINUTE, sequence=n) for n in (1, 2))])
    assert read(backend).usual == {}


def test_a_part_that_is_cut_short_tells_no_rate(database: Database, backend: Backend) -> None:
    database.append([request(0.2, T0 - n * MINUTE) for n in (9, 25)])
    reader = RuleReader(Thresholds(), EVERYTHING)
    assert reader.read(backend, [], T0 + 2 * MINUTE, UTC).usual == {}
    database.append([request(0.2, T0 - 35 * MINUTE, sequence=1)])
    usual = RuleReader(Thresholds(), EVERYTHING).read(backend, [], T0 + 2 * MINUTE, UTC).usual
    assert usual == pytest.approx({"s1": 1.2})


def test_who_runs_and_is_not_heard(database: Database, backend: Backend) -> None:
    database.append([event("plugin_loaded", NOW - SECOND, "a-session-that-is-heard")])
    heard, unheard = "a-session-that-is-heard", "a-session-that-is-not"
    assert read(backend, heard, unheard).unheard == {unheard}
    reader = RuleReader(Thresholds(), Scope())
    assert reader.read(backend, [unheard], NOW, UTC).unheard == {unheard}
    database.append([event("user_prompt", NOW - SECOND, unheard)])
    assert reader.read(backend, [heard, unheard], NOW, UTC).unheard == frozenset()


def test_only_what_the_dashboard_is_about_counts(database: Database, backend: Backend) -> None:
    database.append([failed(NOW - n * SECOND, "s2", n=str(n)) for n in (1, 2, 3)])
    assert holding(read(backend, scope=Scope("s1"))) == []


@dataclass
class Watched:
    """A source that notes of what time it was asked."""

    source: Any
    asked: list[tuple[object, int]] = field(default_factory=list)

    def rows(
        self, kinds: Sequence[EventKind], window: Window, scope: Scope, limit: int
    ) -> list[EventRow]:
        self.asked.append((tuple(kind.name for kind in kinds), NOW - window.from_ns))
        rows: list[EventRow] = self.source.rows(kinds, window, scope, limit)
        return rows

    def numbers(self, queries: Any, window: Window, scope: Scope) -> Any:
        self.asked.append(("cost", NOW - window.from_ns))
        return self.source.numbers(queries, window, scope)


def test_no_rule_reads_more_than_its_window(database: Database, backend: Backend) -> None:
    usual = [request(0.2, NOW - n * MINUTE) for n in (20, 30, 40)]
    now = [request(1.0, NOW - MINUTE, sequence=n) for n in (1, 2)]
    database.append([*usual, *now, *(failed(NOW - n * SECOND, n=str(n)) for n in (1, 2, 3))])
    watched: Any = Watched(backend.source)
    read(replace(backend, source=watched), "s1")
    assert sorted(watched.asked, key=str) == sorted(
        [
            (("tool_result",), LOOP_WINDOW),
            (("tool_result", "user_prompt"), LOOP_WINDOW),
            (("api_error",), ERRORS_WINDOW),
            ("cost", BURN_WINDOW),
            ("cost", USUAL_WINDOW),
            (("api_request",), BURN_WINDOW),
            ((), LONGEST_SESSION),
        ],
        key=str,
    )


def test_a_source_without_changes_is_asked_every_five_seconds(
    database: Database, backend: Backend
) -> None:
    polled = replace(backend, changes=None)
    reader = RuleReader(Thresholds(), Scope())
    assert reader.read(polled, [], NOW, UTC).errors == []
    database.append([event("api_error", NOW - SECOND)])
    assert reader.read(polled, [], NOW + 4 * SECOND, UTC).errors == []
    assert len(reader.read(polled, [], NOW + 5 * SECOND, UTC).errors) == 1


def test_another_source_is_read_anew(database: Database, backend: Backend, tmp_path: Path) -> None:
    database.append([event("api_error", NOW - SECOND)])
    reader = RuleReader(Thresholds(), Scope())
    Database(tmp_path / "other.db").close()
    with closing(open_embedded(tmp_path / "other.db")) as other:
        empty = reader.read(replace(other, changes=None), ["s1"], NOW, UTC)
        assert not empty.errors
        assert empty.unheard == {"s1"}
        full = reader.read(replace(backend, changes=None), ["s1"], NOW, UTC)
        assert len(full.errors) == 1
        assert not full.unheard
        again = reader.read(replace(other, changes=None), ["s1"], NOW, UTC)
        assert not again.errors
        assert again.unheard == {"s1"}


def test_the_usual_rate_is_looked_up_once_a_minute(database: Database, backend: Backend) -> None:
    reader = RuleReader(Thresholds(), Scope())
    assert reader.read(backend, [], NOW, UTC).usual == {}
    database.append([request(0.2, NOW - n * MINUTE) for n in (20, 30, 40)])
    assert reader.read(backend, [], NOW + 59 * SECOND, UTC).usual == {}
    assert reader.read(backend, [], NOW + MINUTE, UTC).usual != {}
