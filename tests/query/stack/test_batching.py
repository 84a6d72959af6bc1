"""Which numbers need not be asked, because finer ones are."""

import pytest

from ccotel_tui.query.measures import (
    ACTIVITY,
    COST,
    DURATION,
    INPUT,
    REQUESTS,
    TOKENS,
    TOOL_CALLS,
    Condition,
)
from ccotel_tui.query.query import Query
from ccotel_tui.query.stack.batching import plan, plan_queries, roll_up, split_fields

TOTAL = Query(COST)
BY_MODEL = Query(COST, by=("model",), stepped=True)
BY_SOURCE = Query(COST, by=("source",))
BY_SESSION = Query(COST, by=("session_id",))
OF_SESSION = Query(COST, where=(Condition("session_id", "s1"),))
OF_PROMPT = OF_SESSION._replace(where=(*OF_SESSION.where, Condition("prompt_id", "p1")))
CALLS = Query(TOOL_CALLS, by=("tool_name",), stepped=True)
GOOD = CALLS._replace(where=(Condition("success", "true"),), stepped=False)
[ACTIVE, LAST] = (
    part
    for ask in (Query(ACTIVITY, stat="sessions"), Query(ACTIVITY, by=("session_id",), stat="last"))
    for part in split_fields(ask)
)


def test_a_total_is_what_its_buckets_add_up_to() -> None:
    assert plan([TOTAL, BY_MODEL]) == {TOTAL: BY_MODEL, BY_MODEL: BY_MODEL}
    found = [(("opus",), 10, 1.0), (("haiku",), 10, 0.5), (("opus",), 20, 2.0)]
    assert list(roll_up(BY_MODEL, TOTAL, found, 20, set())) == [
        ((), 20, 1.0),
        ((), 20, 0.5),
        ((), 20, 2.0),
    ]


def test_sums_by_different_labels_are_asked_as_one_by_both() -> None:
    [both] = set(plan([TOTAL, BY_MODEL, BY_SOURCE]).values())
    assert both == Query(COST, by=("model", "source"), stepped=True)
    found = [(("opus", "main"), 10, 1.0), (("opus", "subagent"), 20, 2.0)]
    assert list(roll_up(both, BY_SOURCE, found, 20, set())) == [
        (("main",), 20, 1.0),
        (("subagent",), 20, 2),
    ]
    assert list(roll_up(both, BY_MODEL, found, 20, set())) == [
        (("opus",), 10, 1.0),
        (("opus",), 20, 2.0),
    ]


def test_sessions_are_not_split_by_what_another_query_has_already() -> None:
    by_session = Query(REQUESTS, by=("session_id",))
    asked = [
        *(Query(REQUESTS, by=("model",)), Query(REQUESTS, stepped=True), by_session),
        *split_fields(by_session._replace(by=(), stat="sessions")),
    ]
    bare = [split_fields(query)[0] for query in asked]
    planned = plan(bare)
    by_model = bare[0]._replace(stepped=True)
    assert [planned[query] for query in bare] == [by_model, by_model, bare[2], bare[2]]


@pytest.mark.parametrize(("wide", "narrow"), [(CALLS, GOOD), (OF_SESSION, OF_PROMPT)])
def test_what_meets_one_more_condition_is_found_under_its_label(wide: Query, narrow: Query) -> None:
    only = narrow.where[-1]
    [both] = set(plan([wide, narrow]).values())
    assert set(both.by) == {*wide.by, only.label}
    assert both.where == wide.where
    own = tuple(only.value if label == only.label else "Edit" for label in both.by)
    other = tuple("else" if label == only.label else "Edit" for label in both.by)
    found = [(own, 10, 1.0), (other, 10, 4.0)]
    assert [number for *_, number in roll_up(both, narrow, found, 10, set())] == [1.0]
    assert [number for *_, number in roll_up(both, wide, found, 10, set())] == [1.0, 4.0]


def test_no_bucket_is_split_by_sessions() -> None:
    asks = [BY_MODEL, BY_SESSION]
    assert plan(asks) == {ask: ask for ask in asks}


def test_sessions_are_counted_among_what_is_asked_by_session() -> None:
    [counting] = set(plan([ACTIVE]).values())
    assert counting == ACTIVE._replace(by=("session_id",), stat="sum")
    assert plan([ACTIVE, LAST]) == {ACTIVE: LAST, LAST: LAST}
    found = [(("s1",), 10, 3e18), (("s2",), 10, 4e18), (("s1",), 20, 5e18)]
    assert sum(number for *_, number in roll_up(LAST, ACTIVE, found, 20, set())) == 2
    by_project = ACTIVE._replace(by=("session_id", "project"), stat="sum")
    moved = [(("s1", "a"), 20, 3.0), (("s1", "b"), 20, 1.0), (("s2", "a"), 20, 1.0)]
    assert list(roll_up(by_project, ACTIVE, moved, 20, set())) == [((), 20, 1.0), ((), 20, 1.0)]


def test_one_kind_of_tokens_is_a_part_of_all_of_them() -> None:
    every = split_fields(Query(TOKENS, by=("model",), stepped=True))
    [one] = split_fields(Query(INPUT))
    assert len(every) == 4
    assert plan([one, *every])[one] == every[0]


def test_what_does_not_add_up_or_is_about_other_records_is_asked_itself() -> None:
    quantile = Query(DURATION, by=("model",), stepped=True, stat=0.95)
    bad = GOOD._replace(where=(Condition("success", "true", negated=True),))
    for ask in (quantile._replace(stepped=False), bad):
        assert plan([ask, quantile, CALLS, BY_MODEL])[ask] == ask


def test_events_that_have_streams_of_their_own_are_counted_apart() -> None:
    active = Query(ACTIVITY, stat="sessions")
    requests = Query(REQUESTS, by=("session_id",))
    by_event = plan_queries([active, requests], by_event=True)
    assert {query.measure.records for query in by_event.queries} == {
        (name,) for name in ACTIVITY.records
    }
    assert len(by_event.queries) == len(ACTIVITY.records)
    values = {query: [((session,), 20, 1.0) for session in "ab"] for query in by_event.queries}
    assert list(by_event.values(active, values, 20)) == [((), 20, 1.0)] * 2
    assert len(list(by_event.values(requests, values, 20))) == 2
    assert len(plan_queries([active, requests]).queries) == 2
