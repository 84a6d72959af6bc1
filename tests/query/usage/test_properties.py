"""Usage by any keys, over any part of a window, adds up to the cost that the panel shows."""

from collections import defaultdict
from collections.abc import Sequence
from itertools import pairwise

from hypothesis import given
from hypothesis import strategies as st

from ccotel_tui.panels.catalogue import BY_ID
from ccotel_tui.panels.result import answer_panels
from ccotel_tui.query.query import Scope
from ccotel_tui.query.source import Backend
from ccotel_tui.query.usage.keys import KEYS, usage_key
from ccotel_tui.query.usage.usage import Usage, UsageRow, usage_of
from ccotel_tui.query.window import Window
from ccotel_tui.telemetry.records import Record
from tests.query.test_properties import (
    LENGTH,
    NOW,
    ZONE,
    dollars,
    kept,
    models,
    numbered,
    points,
    sessions,
    sizes,
    times,
)
from tests.tools.otlp import T0, event

NAMES = (*KEYS, "attribute:team.id", "attribute:effort")

prompts = st.sampled_from(["p1", "p2", "p3"])
tagged = st.fixed_dictionaries(
    {},
    optional={
        "prompt.id": prompts,
        "query_source": st.sampled_from(["sdk", "agent:builtin:Plan", "compact"]),
        "agent.name": st.sampled_from(["reviewer", "Plan"]),
        "skill.name": st.just("deploy"),
        "plugin.name": st.just("linear"),
        "mcp_server.name": st.just("github"),
        "user.email": st.sampled_from(["kim@example.com", "lee@example.com"]),
        "user.id": st.just("cafecafecafe"),
        "project": st.sampled_from(["shop", "infra"]),
        "team.id": st.sampled_from(["a", "b"]),
        "effort": st.sampled_from(["high", "low"]),
        "speed": st.just("fast"),
    },
)
requests = st.builds(
    lambda at, session, figures, tags: event("api_request", at, session, **figures, **tags),
    times,
    sessions,
    st.fixed_dictionaries(
        {"model": models},
        optional={
            "cost_usd": dollars,
            "input_tokens": sizes,
            "output_tokens": sizes,
            "cache_read_tokens": sizes,
            "cache_creation_tokens": sizes,
        },
    ),
    tagged,
)
typed = st.builds(
    lambda at, session, prompt, more: event(
        "user_prompt", at, session, **{"prompt.id": prompt}, **more
    ),
    times,
    sessions,
    prompts,
    st.sampled_from(
        [{"prompt": "fix it"}, {"command_source": "builtin"}, {"prompt": "<task-notification>"}]
    ),
)
tools = st.builds(
    lambda at, session, prompt, branch: event(
        "tool_result", at, session, **{"prompt.id": prompt, "vcs.ref.head.name": branch}
    ),
    times,
    sessions,
    prompts,
    st.sampled_from(["main", "fix-login"]),
)
records = st.lists(requests | requests | typed | tools | points(), max_size=25).map(numbered)
groupings = st.lists(st.sampled_from(NAMES), min_size=1, max_size=3, unique=True)

_ADDING = ("cost", "requests", "tokens", "input", "output", "cache_read", "cache_creation")


def asked(backend: Backend, names: Sequence[str], window: Window) -> Usage:
    return usage_of(backend, [usage_key(name) for name in names], window, Scope(), {"s1": "shop"})


def amounts(row: UsageRow) -> list[float]:
    return [getattr(row, name) or 0 for name in _ADDING]


def by_key(usages: Sequence[Usage]) -> dict[tuple[str, ...], list[float]]:
    """What the rows of all of them together amount to."""
    sums: defaultdict[tuple[str, ...], list[float]] = defaultdict(lambda: [0.0] * len(_ADDING))
    for row in (row for usage in usages for row in usage.rows):
        sums[row.keys] = [a + b for a, b in zip(sums[row.keys], amounts(row), strict=True)]
    return dict(sums)


@given(records, groupings, st.integers(1, LENGTH - 1))
def test_any_grouping_of_any_part_adds_up_to_total_cost(
    sent: list[Record], names: list[str], cut: int
) -> None:
    edges = (T0, T0 + cut, T0 + LENGTH)
    whole = Window.between(T0, T0 + LENGTH, ZONE)
    halves = [Window.between(*pair, ZONE) for pair in pairwise(edges)]
    with kept([sent]) as backend:
        usages = [asked(backend, names, window) for window in (whole, *halves)]
        costs = [
            answer_panels([BY_ID["total_cost"]], backend, window, Scope(), NOW)["total_cost"].value
            for window in (whole, *halves)
        ]
    for usage, cost in zip(usages, costs, strict=True):
        assert (usage.total.cost or 0.0) == (cost or 0.0)
        sums = [sum(column) for column in zip(*map(amounts, usage.rows), strict=True)]
        assert (sums or [0.0] * len(_ADDING)) == amounts(usage.total)
    assert by_key(usages[1:]) == by_key(usages[:1])


@given(records, groupings)
def test_a_value_that_was_gone_into_holds_its_row(sent: list[Record], names: list[str]) -> None:
    """What is within a value adds up to the row of that value."""
    window = Window.between(T0, T0 + LENGTH, ZONE)
    with kept([sent]) as backend:
        for row in asked(backend, names[:1], window).rows:
            keys = [usage_key(name) for name in (names[0], "session")]
            inside = usage_of(backend, keys, window, Scope(), {"s1": "shop"}, row.keys)
            assert amounts(inside.total) == amounts(row)
