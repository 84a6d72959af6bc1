"""Nothing, and the different reasons for it: null, 0 and empty are three things."""

from zoneinfo import ZoneInfo

import pytest

from ccotel_tui.panels.catalogue import PANELS
from ccotel_tui.panels.result import PanelAnswer
from ccotel_tui.query.window import Window
from tests.accuracy.check import panels
from tests.accuracy.paths.paths import StorePath
from tests.accuracy.truth.client import Client
from tests.accuracy.truth.days import HOUR, MINUTE, SECOND, at
from tests.accuracy.truth.truth import Truth
from tests.panels.adding import BARS, RUNNING, SPARSE

UTC = ZoneInfo("UTC")
BEGIN = at("02:00")


@pytest.fixture
def path(store_path: StorePath) -> StorePath:
    """Somebody listened from 02:10 to 02:20; all that was done was done in the minute 02:15."""
    client = Client("s", "delta", Truth())
    work_ns = BEGIN + 14 * MINUTE + 10 * SECOND
    client.prompt(work_ns)
    client.request(work_ns + SECOND, 0.5)
    client.tool(work_ns + 2 * SECOND, "Bash")
    client.edit(work_ns + 3 * SECOND, 5, 2)
    store_path.send(client.export(work_ns + 4 * SECOND))
    for second in range(0, 601, 30):
        store_path.database.record_listening(BEGIN + 10 * MINUTE + second * SECOND)
    return store_path


def asked(path: StorePath, from_minute: int, to_minute: int) -> dict[str, PanelAnswer]:
    from_ns, to_ns = (BEGIN + minute * MINUTE for minute in (from_minute, to_minute))
    return panels(path, Window.between(from_ns, to_ns, UTC, MINUTE), "", BEGIN + HOUR)


def points(answer: PanelAnswer) -> dict[int, set[float | None]]:
    """What all series of the panel say, by the minute that ends."""
    found: dict[int, set[float | None]] = {}
    for series, _ in answer.series:
        for end, number in series.points:
            found.setdefault((end - BEGIN) // MINUTE, set()).add(number)
    return found


@pytest.mark.parametrize("panel", BARS)
def test_a_bar_is_null_where_nobody_listened_and_0_where_somebody_did_in_vain(
    path: StorePath, panel: str
) -> None:
    bars = points(asked(path, 0, 60)[panel])
    assert {minute for minute, said in bars.items() if said == {None}} == {
        *range(1, 11),
        *range(21, 61),
    }
    assert {minute for minute, said in bars.items() if said == {0}} == {
        *range(11, 15),
        *range(16, 21),
    }
    assert None not in bars[15]


@pytest.mark.parametrize("panel", SPARSE)
def test_a_ratio_or_quantile_without_records_is_null_whoever_listened(
    path: StorePath, panel: str
) -> None:
    said = points(asked(path, 0, 60)[panel])
    assert {minute for minute, numbers in said.items() if numbers != {None}} == {15}
    assert None not in said[15]


@pytest.mark.parametrize("panel", RUNNING)
def test_a_running_sum_has_no_gaps(path: StorePath, panel: str) -> None:
    said = points(asked(path, 0, 60)[panel])
    assert all(said[minute] == {0} for minute in range(1, 15))
    assert all(said[minute] == said[15] for minute in range(15, 61))
    assert None not in said[15]


@pytest.mark.parametrize("minutes", [(30, 40), (12, 14)], ids=["unheard", "in vain"])
@pytest.mark.parametrize("panel", [one.id for one in PANELS])
def test_an_empty_window_says_so_and_nothing_else(
    path: StorePath, panel: str, minutes: tuple[int, int]
) -> None:
    answer = asked(path, *minutes)[panel]
    assert (answer.state, answer.value) == ("empty", None)
    assert (answer.series, answer.rows) == ((), ())


def test_the_parts_of_an_empty_window_are_0_and_ratios_null(path: StorePath) -> None:
    answers = asked(path, 30, 40)
    assert answers["token_usage"].parts == {
        "input": 0,
        "output": 0,
        "cache_read": 0,
        "cache_creation": 0,
        "cache_hit_ratio": None,
    }
    assert answers["lines_of_code"].parts == {"added": 0, "removed": 0, "net": 0}
    assert answers["api_errors"].parts == {"errors": 0, "requests": 0}
    assert set(answers["dev_activity"].parts.values()) == {0}
    assert answers["active_sessions"].parts == {"last_5m": 0}


def test_requests_and_no_error_are_a_rate_of_0(path: StorePath) -> None:
    answer = asked(path, 10, 20)["api_errors"]
    assert (answer.state, answer.value) == ("value", 0)
    assert points(answer)[15] == {0}


def test_what_is_kept_counts_whoever_listened(store_path: StorePath) -> None:
    client = Client("s", "delta", Truth())
    client.prompt(BEGIN)
    client.request(BEGIN + SECOND, 0.5)
    client.fail(BEGIN + 5 * MINUTE, 500)
    store_path.send(client.export(BEGIN + 6 * MINUTE))
    said = points(asked(store_path, 0, 10)["api_errors"])
    assert said == {minute: {None} for minute in range(1, 11)} | {1: {0}, 5: {1}}


def test_without_any_record_nothing_is_current_and_nothing_was_spent(store_path: StorePath) -> None:
    cost = asked(store_path, 0, 60)["total_cost"]
    assert cost.state == "empty"
    assert cost.parts == {
        "current_session": None,
        "last_prompt": None,
        "today": 0,
        "7d": 0,
        "30d": 0,
        "unseen": 0,
    }
