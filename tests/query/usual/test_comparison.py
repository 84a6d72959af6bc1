"""What is usual, and what is to be expected."""

from hypothesis import given
from hypothesis import strategies as st

from ccotel_tui.query.usual.comparison import Forecast, day_forecast, period_forecast
from ccotel_tui.query.usual.curve import DayCurve, change, usual_at

NOON = 43_200.0
dollars = st.integers(0, 6400).map(lambda n: n / 64)


def curve(by_noon: float, total: float) -> DayCurve:
    return DayCurve((0.0, NOON, 86_400.0), (0.0, by_noon, total))


def test_usual_is_the_median_by_the_same_time() -> None:
    days = [curve(2, 9), curve(8, 10), curve(4, 30)]
    assert usual_at(days, NOON) == 4
    assert usual_at(days, 86_400.0) == 10


def test_of_two_days_none_is_usual() -> None:
    days = [curve(2, 9), curve(8, 10)]
    assert usual_at(days, NOON) is None
    assert day_forecast(days, NOON, 5) is None
    assert period_forecast([1, 2], 3, 4, None) is None


def test_the_forecast_is_what_such_days_still_spent() -> None:
    days = [curve(2, 9), curve(8, 10), curve(4, 30)]
    assert day_forecast(days, NOON, 100) == Forecast(107, 104.5, 116.5)


@given(st.lists(st.tuples(dollars, dollars), min_size=3), st.floats(0, 86_400), dollars)
def test_nothing_is_forecast_that_is_spent_already(
    days: list[tuple[float, float]], second: float, spent: float
) -> None:
    curves = [curve(by_noon, by_noon + later) for by_noon, later in days]
    forecast = day_forecast(curves, second, spent)
    assert forecast is not None
    assert spent - 1e-9 <= forecast.low <= forecast.expected <= forecast.high
    assert forecast.high <= spent + max(each.total for each in curves) + 1e-9


def test_a_month_goes_on_as_any_so_many_days_did() -> None:
    today = Forecast(10, 8, 12)
    alike = period_forecast([5.0] * 28, 9, 100, today)
    assert alike == Forecast(155, 153, 157)
    assert period_forecast([5.0] * 3, 7, 0, today) == Forecast(45, 43, 47)
    # Four workdays and three days off: whichever day it is, a week holds four.
    week = [10.0] * 4 + [0.0] * 3
    assert period_forecast(week * 4, 7, 0, today) == Forecast(50, 48, 52)
    assert period_forecast(week * 4, 0, 7, today) == Forecast(17, 15, 19)


def test_of_nothing_there_is_no_share() -> None:
    assert change(3, 2) == 0.5
    assert change(3, 0) is None
    assert change(3, None) is None
    assert change(None, 3) is None
