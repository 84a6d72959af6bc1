"""Stats of today among days that were made up."""

from datetime import date, timedelta
from zoneinfo import ZoneInfo

import pytest

from ccotel_tui.panels.compare.notices import newly_reached
from ccotel_tui.panels.compare.stats import UsualDays, before_window, week_before
from ccotel_tui.query.measures import ACTIVITY, COST, LINES, TOKENS
from ccotel_tui.query.usual.budget import Budgets, BudgetState, budget_states
from ccotel_tui.query.usual.curve import DAY_SECONDS, DayCurve
from ccotel_tui.query.usual.days import PastDay
from ccotel_tui.query.usual.past import PAST_DAYS, Past
from ccotel_tui.query.window import HOUR, midnight

ZONE = ZoneInfo("Europe/Berlin")
TODAY = date(2026, 11, 24)
"""A Tuesday."""
NOON = midnight(TODAY, ZONE) + 12 * HOUR


def past(*dollars: float) -> Past:
    """Days of so many dollars, the newest last, which come up evenly; before them nothing."""
    costs = [0.0] * (PAST_DAYS - len(dollars)) + list(dollars)
    days = []
    for number, cost in enumerate(costs):
        curves = {m: _even(cost * 2) for m in (TOKENS, LINES, ACTIVITY)}
        day = TODAY - timedelta(days=PAST_DAYS - number)
        days.append(PastDay(day, {COST: _even(cost), **curves}))
    return Past(tuple(days))


def _even(total: float) -> DayCurve:
    return DayCurve((0.0, DAY_SECONDS), (0.0, total))


def test_days_without_use_are_none_of_the_usual() -> None:
    days = UsualDays(past(10, 0, 20, 0, 60), NOON, ZONE)
    cost = days.compared("total_cost", 15)
    assert cost is not None
    assert (cost.other, cost.change) == (10, 0.5)
    assert cost.forecast is not None
    assert cost.forecast.expected == 25
    tokens = days.compared("token_usage", 10)
    assert tokens is not None
    assert (tokens.other, tokens.change) == (20, -0.5)


@pytest.mark.parametrize(("used", "lacking"), [((), 3), ((1,), 2), ((1, 0, 1), 1), ((1, 1, 1), 0)])
def test_it_is_told_how_many_days_are_missing(used: tuple[float, ...], lacking: int) -> None:
    days = UsualDays(past(*used), NOON, ZONE)
    assert days.lacking == lacking
    assert (days.compared("total_cost", 5) is None) == bool(lacking)


def test_only_the_last_28_days_are_looked_at() -> None:
    long_ago = past(*[9.0, 9.0, 9.0], *[0.0] * 28)
    assert UsualDays(long_ago, NOON, ZONE).lacking == 3
    assert UsualDays(past(), NOON, ZONE).compared("total_cost", 5) is None
    assert UsualDays(Past(), NOON, ZONE).compared("total_cost", 5) is None


def test_periods_are_summed_from_monday_and_from_the_first() -> None:
    days = UsualDays(past(*[10.0] * PAST_DAYS), NOON, ZONE)
    assert days.spent("day", 5) == 5
    assert days.spent("week", 5) == 15
    assert days.spent("month", 5) == 235
    assert days.spent("month", None) is None
    assert UsualDays(Past(), NOON, ZONE).spent("month", 5) is None
    assert UsualDays(Past(), NOON, ZONE).spent("day", 5) == 5


def test_the_month_ends_as_such_days_do() -> None:
    forecast = UsualDays(past(*[10.0] * PAST_DAYS), NOON, ZONE).month_forecast(5)
    assert forecast is not None
    assert (forecast.low, forecast.expected, forecast.high) == (300, 300, 300)
    assert UsualDays(past(10, 10), NOON, ZONE).month_forecast(5) is None


def test_budgets_of_which_nothing_is_known_are_not_there() -> None:
    budgets = Budgets({"session": 2, "day": 10, "month": 100})
    read = budget_states(budgets, UsualDays(past(1, 1), NOON, ZONE).costs, None, 5, NOON, ZONE)
    assert {period: (state.spent, state.share) for period, state in read.items()} == {
        "day": (5, 0.5),
        "month": (7, 0.07),
    }
    unread = budget_states(budgets, [], 1, 5, NOON, ZONE)
    assert list(unread) == ["session", "day"]


def test_the_window_before_may_be_unknown() -> None:
    before = Past((), {COST: 10.0, LINES: 0.0}, 50.0)
    compared = before_window(before, "total_cost", 8)
    assert compared is not None
    assert compared.change == pytest.approx(-0.2)
    assert before_window(before, "token_usage", 8) is None
    none = before_window(before, "lines_of_code", 8)
    assert none is not None
    assert none.change is None
    week = week_before(before, 100)
    assert week is not None
    assert week.change == 1
    assert week_before(Past(), 100) is None


def test_a_threshold_is_told_once_a_period() -> None:
    def state(spent: float) -> list[BudgetState]:
        return [BudgetState("day", 30, spent)]

    notices: dict[str, str] = {}
    reached, notices = newly_reached(notices, state(23), TODAY)
    assert (reached, notices) == ([], {})
    reached, notices = newly_reached(notices, state(24), TODAY)
    assert [each.threshold for each in reached] == [0.8]
    assert newly_reached(notices, state(29), TODAY)[0] == []
    reached, notices = newly_reached(notices, state(31), TODAY)
    assert [each.threshold for each in reached] == [1.0]
    # A record may be taken back, as where a session is forgotten.
    assert newly_reached(notices, state(25), TODAY)[0] == []
    tomorrow = TODAY + timedelta(days=1)
    assert len(newly_reached(notices, state(25), tomorrow)[0]) == 1


def test_a_session_is_a_period_of_its_own() -> None:
    first, second = (BudgetState("session", 5, 5, session_id=id) for id in ("s1", "s2"))
    assert newly_reached({}, [first, second], TODAY)[0] == [first, second]
    reached, notices = newly_reached({}, [first], TODAY)
    assert reached == [first]
    assert newly_reached(notices, [first], TODAY)[0] == []
    reached, notices = newly_reached(notices, [first, second], TODAY)
    assert reached == [second]
    assert newly_reached(notices, [first], TODAY)[0] == []


def test_the_notices_of_the_newest_sessions_are_remembered() -> None:
    def states(number: int) -> list[BudgetState]:
        session = BudgetState("session", 5, 5, session_id=f"s{number}")
        return [session, BudgetState("month", 5, 5)]

    notices: dict[str, str] = {}
    for number in range(300):
        _, notices = newly_reached(notices, states(number), TODAY)
    assert "month" in notices
    assert len(notices) < 110
    assert newly_reached(notices, states(250), TODAY)[0] == []
