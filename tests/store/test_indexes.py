"""What forget and export ask finds its index, without statistics, on the oldest SQLite."""

from contextlib import closing

import pytest

from ccotel_tui.store.connection import nothing


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
    with closing(nothing()) as connection:
        [(*_, plan)] = connection.execute(f"EXPLAIN QUERY PLAN {query}").fetchall()
    assert plan.startswith("SEARCH")
    assert f"USING {index} " in plan
