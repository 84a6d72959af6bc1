"""Prices are solved where the client's own requests tell them, and absent everywhere else."""

import json
from collections.abc import Iterator
from fractions import Fraction
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ccotel_tui.query.events import event_row
from ccotel_tui.query.query import EventRow
from ccotel_tui.query.status_line.prices import price_of_rewriting, prices_of
from ccotel_tui.telemetry.decode import decode
from ccotel_tui.telemetry.records import Event

DATA = Path(__file__).parents[1] / "data"
MILLION = 10**6


def recorded() -> Iterator[EventRow]:
    for name in ("sessions.jsonl", "sessions-2.1.330.jsonl", "sessions-2.1.332.jsonl"):
        for text in (DATA / name).read_text().splitlines():
            body = json.loads(text)
            body = body.get("request", body)
            if "resourceLogs" not in body:
                continue
            for event in decode("logs", json.dumps(body).encode(), "json").records:
                if isinstance(event, Event) and event.name == "api_request":
                    yield event_row(event.time_ns, event.name, event.attributes)


ROWS = sorted(recorded(), key=lambda row: float(row["time"] or 0))

SPLIT = ("cache_creation_5m_tokens", "cache_creation_1h_tokens")
OPUS = {
    "input_tokens": 5,
    "output_tokens": 25,
    "cache_read_tokens": Fraction("0.5"),
    "cache_creation_tokens": Fraction("6.25"),
}
SONNET = {
    "input_tokens": 2,
    "output_tokens": 10,
    "cache_read_tokens": Fraction("0.1"),
    "cache_creation_5m_tokens": Fraction("2.5"),
    "cache_creation_1h_tokens": 4,
}


@pytest.mark.parametrize(
    ("model", "expected"), [("claude-opus-4-8", OPUS), ("claude-sonnet-5-5", SONNET)]
)
def test_the_recorded_requests_tell_their_prices(model: str, expected: dict[str, Fraction]) -> None:
    prices = prices_of(ROWS, model)
    assert prices is not None
    a_million = {name: round(float(price * MILLION), 9) for name, price in prices.items()}
    assert a_million == {name: float(price) for name, price in expected.items()}


def test_without_the_split_of_cache_writes_sonnet_does_not_close() -> None:
    rows = [{k: v for k, v in row.items() if k not in SPLIT} for row in ROWS]
    assert prices_of(rows, "claude-sonnet-5-5") is None
    assert prices_of(rows, "claude-opus-4-8") is not None


@pytest.mark.parametrize("model", ["acme-proxy-model-9", "claude-haiku-5-5", "nobody"])
def test_too_few_requests_tell_none(model: str) -> None:
    assert prices_of(ROWS, model) is None


def row(input_: int, output: int, cost: float, **more: str | float) -> EventRow:
    tokens = {"input_tokens": input_, "output_tokens": output}
    return {
        "time": 0,
        "event_name": "api_request",
        "model": "m",
        "cost_usd": cost,
        **tokens,
        **more,
    }


def priced(pairs: list[tuple[int, int]]) -> list[EventRow]:
    return [row(i, o, (5 * i + 25 * o) / MILLION) for i, o in pairs]


PAIRS = [(100, 7), (3, 900), (41, 41), (5, 1), (77, 20), (10_000, 3)]


def test_three_requests_more_than_unknowns_are_needed() -> None:
    assert prices_of(priced(PAIRS), "m") is not None
    assert prices_of(priced(PAIRS[1:]), "m") is not None
    assert prices_of(priced(PAIRS[2:]), "m") is None


def test_requests_that_are_all_alike_tell_none() -> None:
    assert prices_of(priced([(2 * n, 3 * n) for n in range(1, 20)]), "m") is None


@given(
    st.lists(st.tuples(st.integers(1, 150_000), st.integers(1, 50_000)), min_size=8, max_size=30),
    st.integers(0, 29),
    st.sampled_from([1e-8, -1e-8, 0.01]),
)
def test_one_request_that_cost_something_else_leaves_none(
    pairs: list[tuple[int, int]], place: int, more: float
) -> None:
    rows = priced(pairs)
    changed = rows[place % len(rows)]
    changed["cost_usd"] = float(changed["cost_usd"] or 0) + more
    assert prices_of(rows, "m") is None


WAYS = ((False, False), (True, False), (False, True), (True, True))


def test_each_speed_and_class_of_context_has_prices_of_its_own() -> None:
    fast = [row(i, o, (30 * i + 150 * o) / MILLION, speed="fast") for i, o in PAIRS]
    long = [row(i + 300_000, o, (10 * (i + 300_000) + 50 * o) / MILLION) for i, o in PAIRS]
    rows = [*fast, *long, *priced(PAIRS)]
    found = [prices_of(rows, "m", fast, long) for fast, long in WAYS]
    inputs = [prices and round(prices["input_tokens"] * MILLION) for prices in found]
    assert inputs == [5, 30, 10, None]


def test_going_cold_is_what_writing_costs_more_than_reading() -> None:
    prices = prices_of(ROWS, "claude-sonnet-5-5")
    assert prices is not None
    assert price_of_rewriting(prices, "5m") == pytest.approx(2.4e-6)
    assert price_of_rewriting(prices, "1h") == pytest.approx(3.9e-6)
    opus = prices_of(ROWS, "claude-opus-4-8")
    assert opus is not None
    assert price_of_rewriting(opus, "5m") == pytest.approx(5.75e-6)
    without_writes = {name: price for name, price in prices.items() if name not in SPLIT}
    assert price_of_rewriting(without_writes, "5m") is None
