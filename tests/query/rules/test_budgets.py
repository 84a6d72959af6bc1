"""How the budgets stand is read of everything that is spent, whatever is looked at."""

from collections.abc import Sequence
from zoneinfo import ZoneInfo

from ccotel_tui.query.query import Scope
from ccotel_tui.query.rules.reading import RuleReader
from ccotel_tui.query.rules.thresholds import Thresholds
from ccotel_tui.query.source import Backend
from ccotel_tui.query.usual.budget import Budgets
from ccotel_tui.query.window import DAY, HOUR, MINUTE, local_day, midnight
from ccotel_tui.store.database import Database
from tests.tools.otlp import T0, request

SEOUL = ZoneInfo("Asia/Seoul")
NOW = T0 + 5 * MINUTE

ALL = Budgets({"session": 5.0, "day": 10.0, "week": 20.0, "month": 100.0})


def read(
    reader: RuleReader, backend: Backend, running: Sequence[str] = (), now_ns: int = NOW
) -> dict[str, float]:
    states = reader.read(backend, running, now_ns, SEOUL).budgets
    return {state.session_id or state.period: round(state.spent, 6) for state in states}


def test_each_period_and_each_session_that_spends(database: Database, backend: Backend) -> None:
    reader = RuleReader(Thresholds(), Scope(), ALL)
    database.append(
        [
            request(1.0, NOW - MINUTE, "s1"),
            request(2.0, NOW - 2 * MINUTE, "s2"),
            request(4.0, NOW - HOUR, "s1"),
            request(8.0, NOW - DAY, "s3"),
            request(16.0, NOW - 10 * DAY, "s3"),
            request(32.0, NOW - 40 * DAY, "s3"),
        ]
    )
    assert read(reader, backend) == {"day": 7, "week": 15, "month": 31, "s1": 5, "s2": 2}
    # The days before today are used for an hour, today is what it is by now.
    database.append([request(0.5, NOW + MINUTE, "s1"), request(3.0, NOW - DAY, "s3", sequence=9)])
    after = {"day": 7.5, "week": 15.5, "month": 31.5, "s1": 5.5, "s2": 2}
    assert read(reader, backend, now_ns=NOW + 2 * MINUTE) == after
    later = {"day": 7.5, "week": 18.5, "month": 34.5}
    assert read(reader, backend, now_ns=NOW + HOUR) == later


def test_at_midnight_a_day_is_one_of_those_before(database: Database, backend: Backend) -> None:
    reader = RuleReader(Thresholds(), Scope(), ALL)
    turn = midnight(local_day(NOW, SEOUL), SEOUL)
    database.append([request(2.0, turn - 12 * MINUTE)])
    assert read(reader, backend, now_ns=turn - MINUTE) == {"day": 2, "week": 2, "month": 2}
    database.append([request(1.0, turn + MINUTE, sequence=1)])
    assert read(reader, backend, now_ns=turn + 12 * MINUTE) == {"day": 1, "week": 3, "month": 3}


def test_of_what_nobody_told_there_is_none(backend: Backend) -> None:
    assert read(RuleReader(Thresholds(), Scope(), ALL), backend) == {}


def test_of_a_part_of_what_is_spent_there_is_none(database: Database, backend: Backend) -> None:
    database.append([request(9.0, NOW - MINUTE, "s1")])
    assert read(RuleReader(Thresholds(), Scope(model="opus"), ALL), backend) == {}
    assert read(RuleReader(Thresholds(off=frozenset({"budget"})), Scope(), ALL), backend) == {}
