"""How much of a budget is spent, and how much of its time has gone."""

from datetime import date, datetime, time
from zoneinfo import ZoneInfo

import pytest

from ccotel_tui.query.usual.budget import (
    BudgetPeriod,
    Budgets,
    WorkingHours,
    budget_state,
    pace,
    period_days,
)
from ccotel_tui.query.window import SECOND

NEW_YORK = ZoneInfo("America/New_York")
OFFICE = WorkingHours(time(9), time(17), frozenset(range(5)))


def at(text: str, zone: ZoneInfo = NEW_YORK) -> int:
    return int(datetime.fromisoformat(text).replace(tzinfo=zone).timestamp()) * SECOND


@pytest.mark.parametrize(
    ("period", "now", "share"),
    [
        ("day", "2026-11-24T12:00", 1 / 2),
        ("week", "2026-11-24T12:00", 1.5 / 7),
        ("month", "2026-11-16T00:00", pytest.approx((15 * 24 + 1) / (30 * 24 + 1))),
        # The clock is put back: the day has 25 hours, and 13 of them are gone at noon.
        ("day", "2026-11-01T12:00", 13 / 25),
        ("day", "2026-11-25T00:00", 1.0),
    ],
)
def test_pace_is_the_share_of_the_period(period: BudgetPeriod, now: str, share: float) -> None:
    assert pace(period, at(now), NEW_YORK) == share


@pytest.mark.parametrize(
    ("period", "now", "share"),
    [
        ("day", "2026-11-24T08:00", 0.0),
        ("day", "2026-11-24T13:00", 0.5),
        ("day", "2026-11-24T23:00", 1.0),
        ("day", "2026-11-28T13:00", 1.0),
        ("week", "2026-11-24T13:00", 1.5 / 5),
        ("week", "2026-11-28T13:00", 1.0),
    ],
)
def test_pace_counts_working_hours_where_there_are_some(
    period: BudgetPeriod, now: str, share: float
) -> None:
    assert pace(period, at(now), NEW_YORK, OFFICE) == share


def test_hours_may_end_with_the_day() -> None:
    late = WorkingHours(time(12), time.max)
    assert pace("day", at("2026-11-24T18:00"), NEW_YORK, late) == 0.5


def test_a_session_has_no_pace() -> None:
    state = budget_state(Budgets({"session": 5}), "session", 4, at("2026-11-24T12:00"), NEW_YORK)
    assert state is not None
    assert (state.share, state.pace, state.threshold) == (0.8, None, 0.8)


def test_what_is_not_known_is_no_state() -> None:
    budgets, now = Budgets({"day": 30}), at("2026-11-24T12:00")
    assert budget_state(budgets, "day", None, now, NEW_YORK) is None
    assert budget_state(budgets, "week", 3, now, NEW_YORK) is None


@pytest.mark.parametrize(
    ("spent", "threshold"), [(0, None), (15.1, None), (23.99, None), (24, 0.8), (31, 1.0)]
)
def test_a_threshold_is_reached(spent: float, threshold: float | None) -> None:
    state = budget_state(Budgets({"day": 30}), "day", spent, at("2026-11-24T12:00"), NEW_YORK)
    assert state is not None
    assert state.threshold == threshold


def test_periods_begin_on_monday_and_on_the_first() -> None:
    day = date(2026, 12, 31)
    assert period_days("week", day) == (date(2026, 12, 28), date(2027, 1, 4))
    assert period_days("month", day) == (date(2026, 12, 1), date(2027, 1, 1))
    assert period_days("day", day) == (day, date(2027, 1, 1))
