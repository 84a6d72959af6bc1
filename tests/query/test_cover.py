"""Which sums need not be asked, because finer ones are."""

from dataclasses import replace

from ccotel_tui.query.ask import Ask
from ccotel_tui.query.cover import coarser, covering, parts
from ccotel_tui.query.measures import COST, DURATION, INPUT, TOKENS, TOOL_CALLS, Condition

TOTAL = Ask(COST)
BY_MODEL = Ask(COST, by=("model",), stepped=True)
BY_SOURCE = Ask(COST, by=("source",))


def test_a_total_is_what_its_buckets_add_up_to() -> None:
    assert covering([TOTAL, BY_MODEL, BY_SOURCE]) == {
        TOTAL: BY_MODEL,
        BY_MODEL: BY_MODEL,
        BY_SOURCE: BY_SOURCE,
    }
    found = [(("opus",), 10, 1.0), (("haiku",), 10, 0.5), (("opus",), 20, 2.0)]
    assert list(coarser(BY_MODEL, TOTAL, found, 20)) == [
        ((), 20, 1.0),
        ((), 20, 0.5),
        ((), 20, 2.0),
    ]


def test_one_kind_of_tokens_is_a_part_of_all_of_them() -> None:
    every = parts(Ask(TOKENS, by=("model",), stepped=True))
    [one] = parts(Ask(INPUT))
    assert len(every) == 4
    assert covering([one, *every])[one] == every[0]


def test_what_does_not_add_up_or_is_about_other_records_is_asked_itself() -> None:
    quantile = Ask(DURATION, by=("model",), stepped=True, stat=0.95)
    calls = Ask(TOOL_CALLS, by=("tool_name",), stepped=True)
    good = replace(calls, where=(Condition("success", "true"),), stepped=False)
    sessions = Ask(COST, stat="sessions")
    for ask in (replace(quantile, stepped=False), good, sessions):
        assert covering([ask, quantile, calls, BY_MODEL])[ask] == ask
