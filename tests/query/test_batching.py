"""Which numbers need not be asked, because finer ones are."""

from dataclasses import replace

import pytest

from ccotel_tui.query.measures import ACTIVITY, COST, DURATION, INPUT, TOKENS, TOOL_CALLS, Condition
from ccotel_tui.query.query import Ask
from ccotel_tui.query.stack.batching import coarser, covering, parts

TOTAL = Ask(COST)
BY_MODEL = Ask(COST, by=("model",), stepped=True)
BY_SOURCE = Ask(COST, by=("source",))
BY_SESSION = Ask(COST, by=("session_id",))
OF_SESSION = Ask(COST, where=(Condition("session_id", "s1"),))
OF_PROMPT = replace(OF_SESSION, where=(*OF_SESSION.where, Condition("prompt_id", "p1")))
CALLS = Ask(TOOL_CALLS, by=("tool_name",), stepped=True)
GOOD = replace(CALLS, where=(Condition("success", "true"),), stepped=False)
[ACTIVE, LAST] = (
    part
    for ask in (Ask(ACTIVITY, stat="sessions"), Ask(ACTIVITY, by=("session_id",), stat="last"))
    for part in parts(ask)
)


def test_a_total_is_what_its_buckets_add_up_to() -> None:
    assert covering([TOTAL, BY_MODEL]) == {TOTAL: BY_MODEL, BY_MODEL: BY_MODEL}
    found = [(("opus",), 10, 1.0), (("haiku",), 10, 0.5), (("opus",), 20, 2.0)]
    assert list(coarser(BY_MODEL, TOTAL, found, 20)) == [
        ((), 20, 1.0),
        ((), 20, 0.5),
        ((), 20, 2.0),
    ]


def test_sums_by_different_labels_are_asked_as_one_by_both() -> None:
    [both] = set(covering([TOTAL, BY_MODEL, BY_SOURCE]).values())
    assert both == Ask(COST, by=("model", "source"), stepped=True)
    found = [(("opus", "main"), 10, 1.0), (("opus", "subagent"), 20, 2.0)]
    assert list(coarser(both, BY_SOURCE, found, 20)) == [
        (("main",), 20, 1.0),
        (("subagent",), 20, 2),
    ]
    assert list(coarser(both, BY_MODEL, found, 20)) == [(("opus",), 10, 1.0), (("opus",), 20, 2.0)]


@pytest.mark.parametrize(("wide", "narrow"), [(CALLS, GOOD), (OF_SESSION, OF_PROMPT)])
def test_what_meets_one_more_condition_is_found_under_its_label(wide: Ask, narrow: Ask) -> None:
    only = narrow.where[-1]
    [both] = set(covering([wide, narrow]).values())
    assert set(both.by) == {*wide.by, only.label}
    assert both.where == wide.where
    own = tuple(only.value if label == only.label else "Edit" for label in both.by)
    other = tuple("else" if label == only.label else "Edit" for label in both.by)
    found = [(own, 10, 1.0), (other, 10, 4.0)]
    assert [number for *_, number in coarser(both, narrow, found, 10)] == [1.0]
    assert [number for *_, number in coarser(both, wide, found, 10)] == [1.0, 4.0]


def test_no_bucket_is_split_by_sessions() -> None:
    asks = [BY_MODEL, BY_SESSION]
    assert covering(asks) == {ask: ask for ask in asks}


def test_sessions_are_counted_among_what_is_asked_by_session() -> None:
    [counting] = set(covering([ACTIVE]).values())
    assert counting == replace(ACTIVE, by=("session_id",), stat="sum")
    assert covering([ACTIVE, LAST]) == {ACTIVE: LAST, LAST: LAST}
    found = [(("s1",), 10, 3e18), (("s2",), 10, 4e18), (("s1",), 20, 5e18)]
    assert sum(number for *_, number in coarser(LAST, ACTIVE, found, 20)) == 2
    by_project = replace(ACTIVE, by=("session_id", "project"), stat="sum")
    moved = [(("s1", "a"), 20, 3.0), (("s1", "b"), 20, 1.0), (("s2", "a"), 20, 1.0)]
    assert list(coarser(by_project, ACTIVE, moved, 20)) == [((), 20, 1.0), ((), 20, 1.0)]


def test_one_kind_of_tokens_is_a_part_of_all_of_them() -> None:
    every = parts(Ask(TOKENS, by=("model",), stepped=True))
    [one] = parts(Ask(INPUT))
    assert len(every) == 4
    assert covering([one, *every])[one] == every[0]


def test_what_does_not_add_up_or_is_about_other_records_is_asked_itself() -> None:
    quantile = Ask(DURATION, by=("model",), stepped=True, stat=0.95)
    bad = replace(GOOD, where=(Condition("success", "true", negated=True),))
    for ask in (replace(quantile, stepped=False), bad):
        assert covering([ask, quantile, CALLS, BY_MODEL])[ask] == ask
