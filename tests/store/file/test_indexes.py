"""What forget and export ask finds its index, without statistics, on the oldest SQLite."""

from contextlib import closing

import pytest

from ccotel_tui.store.file.connection import empty_database
from ccotel_tui.store.newest import AHEAD, NEWEST


@pytest.mark.parametrize(("query", "index"), [(NEWEST, "INDEX"), (AHEAD, "COVERING INDEX")])
def test_the_newest_are_read_from_the_end_of_an_index(query: str, index: str) -> None:
    with closing(empty_database()) as connection:
        plan = connection.execute(f"EXPLAIN QUERY PLAN {query}", (0,)).fetchall()
    steps = [text for *_, text in plan if "events" in text or "increments" in text]
    assert [step.split(" (")[0] for step in steps] == [
        f"SEARCH events USING {index} event_identity",
        "SEARCH increments USING COVERING INDEX increment_times",
    ]
    assert not any("TEMP B-TREE" in text for *_, text in plan)


@pytest.mark.parametrize(
    ("query", "index"),
    [
        (
            "SELECT attributes FROM events WHERE session_id = 's1' ORDER BY time_ns",
            "INDEX event_sessions",
        ),
        ("SELECT id FROM series WHERE metric = 'm'", "COVERING INDEX series_of_metric"),
        ("SELECT id FROM series WHERE session_id = 's1'", "COVERING INDEX series_of_session"),
    ],
)
def test_a_question_is_one_search_of_its_index(query: str, index: str) -> None:
    with closing(empty_database()) as connection:
        [(*_, plan)] = connection.execute(f"EXPLAIN QUERY PLAN {query}").fetchall()
    assert plan.startswith("SEARCH")
    assert f"USING {index} " in plan
