"""Today beside the usual day and the budget, in a few characters."""

from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest

from ccotel_tui.panels.compare.stats import Comparison
from ccotel_tui.panels.compare.texts import about, change_text, share_text
from ccotel_tui.panels.compare.today import budget_text, usual_text
from ccotel_tui.query.embedded.backend import open_embedded
from ccotel_tui.query.source import Source
from ccotel_tui.query.usual.budget import Budgets, BudgetState
from ccotel_tui.query.usual.curve import DayCost
from ccotel_tui.query.usual.past import read_day_costs
from ccotel_tui.query.window import DAY, HOUR
from ccotel_tui.store.database import Database
from tests.tools.otlp import request

ZONE = ZoneInfo("Asia/Seoul")
NOW = 1_795_503_600_000_000_000
"""Tuesday 2026-11-24, 16:00 in Seoul."""


def store(tmp_path: Path, days: int) -> Iterator[Source]:
    """Before each of these days' 16:00 ten dollars, after it as many again."""
    path = tmp_path / "telemetry.db"
    with closing(Database(path)) as database:
        times = [
            NOW - number * DAY + hours * HOUR for number in range(1, days + 1) for hours in (-3, 3)
        ]
        database.append([request(10, at, sequence=n) for n, at in enumerate(times)])
    with closing(open_embedded(path)) as backend:
        yield backend.source


def days(source: Source, now_ns: int = NOW) -> list[DayCost]:
    return read_day_costs(source, now_ns, ZONE)


@pytest.fixture
def week(tmp_path: Path) -> Iterator[Source]:
    yield from store(tmp_path, 7)


@pytest.fixture
def two_days(tmp_path: Path) -> Iterator[Source]:
    yield from store(tmp_path, 2)


def test_usual_is_what_days_had_cost_by_now(week: Source) -> None:
    assert usual_text(days(week), 13, NOW, ZONE) == "$10.00 (+30%)"
    assert usual_text(days(week), 7, NOW + 4 * HOUR, ZONE) == "$20.00 (-65%)"


def test_of_two_days_none_is_usual(two_days: Source) -> None:
    assert usual_text(days(two_days), 13, NOW, ZONE) is None


def test_of_what_is_not_known_there_is_no_text(week: Source) -> None:
    assert usual_text(days(week), None, NOW, ZONE) is None
    assert budget_text(days(week), Budgets(), 3, 13, NOW, ZONE) is None
    assert budget_text(days(week), Budgets({"day": 30}), 3, None, NOW, ZONE) is None


@pytest.mark.parametrize(
    ("budgets", "text"),
    [
        ({"day": 30.0}, "43% of $30"),
        ({"session": 4.5}, "66% of $4.50"),
        ({"week": 100.0}, "33% of $100"),  # Monday, and today
        ({"month": 150.0}, "102% of $150"),
        ({"day": 30.0, "week": 100.0}, "43% of $30"),
    ],
)
def test_the_budget_that_is_most_spent(week: Source, budgets: dict[str, float], text: str) -> None:
    assert budget_text(days(week), Budgets(budgets), 3, 13, NOW, ZONE) == text  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("change", "text"),
    [(0.3, "+30%"), (-0.004, "+0%"), (-1.0, "-100%"), (8.99, "+899%"), (9.0, "10x"), (None, "")],
)
def test_a_change_has_a_sign(change: float | None, text: str) -> None:
    assert change_text(Comparison(1, change)) == text


def test_what_is_expected_is_told_in_whole_dollars() -> None:
    assert [about(number) for number in (0.5, 9.99, 27.4)] == ["$0.50", "$9.99", "$27"]


@pytest.mark.parametrize(
    ("today", "dollars", "text"),
    [
        (8.7, 30.0, "29% of $30"),
        (2.4, 3.0, "80% of $3"),
        (29.99, 30.0, "99% of $30"),
        (0.0, 30.0, "0% of $30"),
    ],
)
def test_the_share_of_a_budget_in_cents(today: float, dollars: float, text: str) -> None:
    assert budget_text([], Budgets({"day": dollars}), None, today, NOW, ZONE) == text


def test_a_share_is_rounded_down_and_no_cent_of_it_is_lost() -> None:
    for cents in range(1001):
        state = BudgetState("day", 10.0, cents / 100)
        assert share_text(state) == f"{cents // 10}%"
        reached = [share for percent, share in ((80, 0.8), (100, 1.0)) if cents >= percent * 10]
        assert state.threshold == max(reached, default=None)
