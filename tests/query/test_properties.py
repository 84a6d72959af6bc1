"""However telemetry comes in, and however it is asked for, the panels say the same."""

import tempfile
from collections.abc import Iterator, Sequence
from contextlib import closing, contextmanager
from dataclasses import replace
from itertools import pairwise
from math import floor, fsum
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ccotel_tui.panels.catalogue import PANELS
from ccotel_tui.panels.output.document import panels_document
from ccotel_tui.panels.result import PanelAnswer, answer_panels
from ccotel_tui.query.embedded.backend import open_embedded
from ccotel_tui.query.embedded.quantile import quantile
from ccotel_tui.query.query import Scope
from ccotel_tui.query.sessions import sessions_of
from ccotel_tui.query.source import Backend
from ccotel_tui.query.window import HOUR, MINUTE, Window
from ccotel_tui.store.database import Database
from ccotel_tui.telemetry.records import Event, Point, Record
from tests.panels.adding import ADDING, BARS, RUNNING, adds_up
from tests.tools.otlp import SECOND, T0, event

ZONE = ZoneInfo("Asia/Kolkata")
LENGTH = 2 * HOUR
NOW = T0 + LENGTH + HOUR
WHOLE = Window.between(T0, T0 + LENGTH, ZONE)

STEPS = [SECOND * seconds for seconds in (60, 90, 240, 300, 450, 900, 1800, 3600, 7200, 86_400)]

times = st.integers(1, LENGTH // SECOND).map(lambda second: T0 + second * SECOND)
sessions = st.sampled_from(["s1", "s2", "t1"])
models = st.sampled_from(["claude-opus-4-8", "claude-opus-4-8[1m]", "claude-haiku-4-5"])
# Sums of these are exact in any order.
dollars = st.integers(0, 640).map(lambda n: n / 64)
sizes = st.integers(0, 9_000)

requests = st.builds(
    event,
    st.just("api_request"),
    times,
    sessions,
    model=models,
    cost_usd=dollars,
    input_tokens=sizes,
    output_tokens=sizes,
    cache_read_tokens=sizes,
    cache_creation_tokens=sizes,
    duration_ms=sizes,
)
errors = st.builds(
    event, st.just("api_error"), times, sessions, status_code=st.sampled_from([429, 529, "", 500])
)
calls = st.builds(
    event,
    st.sampled_from(["tool_result", "tool_decision"]),
    times,
    sessions,
    tool_name=st.sampled_from(["Bash", "Read"]),
    success=st.sampled_from(["true", "false"]),
    decision=st.sampled_from(["accept", "reject"]),
)
others = st.builds(
    event, st.sampled_from(["user_prompt", "plugin_loaded", "api_refusal"]), times, sessions
)
counters = st.sampled_from(
    [
        ("claude_code.lines_of_code.count", {"type": "added"}),
        ("claude_code.lines_of_code.count", {"type": "removed"}),
        ("claude_code.active_time.total", {"type": "user"}),
        ("claude_code.active_time.total", {"type": "cli"}),
        ("claude_code.commit.count", {}),
        ("claude_code.code_edit_tool.decision", {"decision": "accept"}),
        ("claude_code.cost.usage", {"model": "claude-opus-4-8[1m]"}),
        ("claude_code.token.usage", {"model": "claude-haiku-4-5", "type": "output"}),
    ]
)


@st.composite
def points(draw: st.DrawFn) -> Point:
    metric, labels = draw(counters)
    time_ns = draw(times)
    attributes = {"session.id": draw(sessions), **labels}
    start_ns = time_ns - draw(st.integers(1, 60)) * SECOND
    value = draw(st.integers(1, 640)) / 64
    return Point(time_ns, start_ns, "claude-code", metric, "", False, value, attributes)


def numbered(drawn: list[Event | Point]) -> list[Record]:
    """Each event with a number of its own, so that the order of rows is told."""
    return [
        replace(one, attributes={**one.attributes, "event.sequence": number})
        if isinstance(one, Event)
        else one
        for number, one in enumerate(drawn)
    ]


records = st.lists(requests | errors | calls | others | points(), max_size=25).map(numbered)


@contextmanager
def kept(exports: Sequence[Sequence[Record]]) -> Iterator[Backend]:
    """A new store that these came into, one request after another."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "telemetry.db"
        with closing(Database(path)) as database:
            for one in exports:
                database.append(one)
        with closing(open_embedded(path)) as backend:
            yield backend


def asked(backend: Backend, window: Window) -> dict[str, PanelAnswer]:
    return answer_panels(PANELS, backend, window, Scope(), NOW)


def told(exports: Sequence[Sequence[Record]]) -> dict[str, Any]:
    """What `panels --json` says of them."""
    with kept(exports) as backend:
        return panels_document(asked(backend, WHOLE), backend.name, WHOLE, Scope())


def amounts(answers: dict[str, PanelAnswer]) -> dict[tuple[str, str], float]:
    """All that adds up: values, parts, and the rows of events."""
    found: dict[tuple[str, str], float] = {}
    for id, answer in answers.items():
        numbers = {"": (answer.panel.value, answer.value)}
        numbers |= {name: (answer.panel.parts[name], part) for name, part in answer.parts.items()}
        found |= {(id, name): told or 0.0 for name, (of, told) in numbers.items() if adds_up(of)}
        if answer.panel.events:
            found[id, "rows"] = len(answer.rows)
    return found


@given(records, st.data())
def test_any_split_order_and_repetition_gives_the_same_panels(
    sent: list[Record], data: st.DataObject
) -> None:
    sent = list({repr(one): one for one in sent}.values())
    again = data.draw(st.lists(st.sampled_from(sent), max_size=6, unique_by=repr)) if sent else []
    order = data.draw(st.permutations(sent))
    cuts = sorted(data.draw(st.lists(st.integers(0, len(order)), max_size=3)))
    edges = [0, *cuts, len(order)]
    parts = [order[a:b] for a, b in pairwise(edges)]
    assert told([*parts, again]) == told([sent])


@given(records, st.lists(st.integers(1, LENGTH - 1), min_size=1, max_size=2, unique=True))
def test_any_partition_of_a_window_adds_up(sent: list[Record], cuts: list[int]) -> None:
    edges = [T0, *(T0 + cut for cut in sorted(cuts)), T0 + LENGTH]
    with kept([sent]) as backend:
        stretches = [
            amounts(asked(backend, Window.between(*pair, ZONE))) for pair in pairwise(edges)
        ]
        whole = amounts(asked(backend, WHOLE))
    assert {key: sum(one[key] for one in stretches) for key in whole} == whole


@given(records, st.sampled_from(STEPS), st.integers(0, 600 * SECOND))
def test_any_step_sums_to_the_same(sent: list[Record], step: int, late: int) -> None:
    window = Window.between(T0 + late, T0 + LENGTH, ZONE, step)
    with kept([sent]) as backend:
        answers = asked(backend, window)
        usual = asked(backend, Window.between(T0 + late, T0 + LENGTH, ZONE))
    assert amounts(answers) == amounts(usual)
    for id in {*ADDING} & {*BARS}:
        bars = [number or 0.0 for one, _ in answers[id].series for _, number in one.points]
        assert fsum(bars) == (answers[id].value or 0)
    for id in RUNNING:
        ends = [one.points[-1][1] or 0.0 for one, _ in answers[id].series]
        assert fsum(ends) == (answers[id].value or 0)
    lengths = {
        bucket.to_ns: (bucket.to_ns - bucket.from_ns) / MINUTE for bucket in window.buckets()
    }
    for series, total in answers["tool_rate"].series:
        if all(length * MINUTE * 2 >= step for length in lengths.values()):
            called = fsum((number or 0.0) * lengths[end] for end, number in series.points)
            assert called == pytest.approx((total or 0.0) * (LENGTH - late) / MINUTE)


@given(st.lists(st.floats(0, 1e9), min_size=1, max_size=50), st.floats(0, 1))
def test_a_quantile_lies_between_two_values_by_its_rank(values: list[float], q: float) -> None:
    ordered = sorted(values)
    rank = q * (len(ordered) - 1)
    weights = {floor(rank): 1 - rank % 1, floor(rank) + 1: rank % 1}
    naive = fsum(ordered[at] * weight for at, weight in weights.items() if weight)
    assert quantile([ordered], q) == pytest.approx(naive, rel=1e-9, abs=1e-9)


@given(records)
def test_rows_of_sessions_sum_to_the_panels(sent: list[Record]) -> None:
    with kept([sent]) as backend:
        rows = sessions_of(backend.source, WHOLE, Scope())
        answers = asked(backend, WHOLE)
    assert len(rows) == (answers["active_sessions"].value or 0)
    assert fsum(row.cost or 0 for row in rows) == (answers["total_cost"].value or 0)
    assert fsum(row.tokens or 0 for row in rows) == (answers["token_usage"].value or 0)
    assert sum(row.requests or 0 for row in rows) == answers["api_errors"].parts["requests"]
    assert sum(row.errors or 0 for row in rows) == answers["api_errors"].parts["errors"]
    assert sum(row.tools or 0 for row in rows) == (answers["tool_count"].value or 0)
    assert sum(row.prompts or 0 for row in rows) == answers["dev_activity"].parts["prompts"]
    assert all(T0 < row.started_ns <= row.last_seen_ns <= T0 + LENGTH for row in rows)


@given(records, st.sampled_from(["s", "s1", "t", "unknown"]))
def test_a_scope_says_what_its_sessions_do_alone(sent: list[Record], prefix: str) -> None:
    own = [one for one in sent if str(one.attributes["session.id"]).startswith(prefix)]
    with kept([sent]) as everything, kept([own]) as alone:
        scoped = answer_panels(PANELS, everything, WHOLE, Scope(prefix), NOW)
        assert {id: replace(one, last_heard_ns=None) for id, one in scoped.items()} == {
            id: replace(one, last_heard_ns=None) for id, one in asked(alone, WHOLE).items()
        }
