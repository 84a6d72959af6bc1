"""Each kind of question finds its index, without statistics, on the oldest SQLite we meet."""

from contextlib import closing

import pytest

from ccotel_tui.store.database import nothing

WINDOW = "time_ns > 1 AND time_ns <= 5"


@pytest.mark.parametrize(
    ("query", "index"),
    [
        (
            "SELECT sum(input_tokens), sum(duration_ms), max(session_id) FROM events "
            f"WHERE name = 'api_request' AND {WINDOW}",
            "COVERING INDEX api_requests",
        ),
        (
            "SELECT sum(cost_usd) FROM events WHERE name = 'api_request' AND session_id = 's1'",
            "COVERING INDEX requests_of_session",
        ),
        (
            f"SELECT count(*), status_code FROM events WHERE name = 'api_error' AND {WINDOW}",
            "COVERING INDEX api_errors",
        ),
        (
            "SELECT count(*) FROM events "
            f"WHERE name = 'user_prompt' AND command_source IS NOT 'builtin' AND {WINDOW}",
            "COVERING INDEX user_prompts",
        ),
        (
            f"SELECT success FROM events WHERE name = 'tool_result' AND {WINDOW}",
            "COVERING INDEX tool_results",
        ),
        (
            f"SELECT id FROM events WHERE name IN ('auth', 'compaction') AND {WINDOW} "
            "ORDER BY time_ns DESC LIMIT 200",
            "COVERING INDEX event_names",
        ),
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
