"""Rows of sessions: each says what the session did in the window."""

from contextlib import closing
from math import fsum

import pytest

from ccotel_tui.query.query import Scope
from ccotel_tui.query.sessions import SessionRow, sessions_of
from ccotel_tui.query.window import Window
from tests.accuracy.check import same
from tests.accuracy.paths.paths import StorePath
from tests.accuracy.truth.cuts import UTC, cuts
from tests.accuracy.truth.days import MINUTE, at
from tests.accuracy.truth.recordings import requests, truth
from tests.accuracy.truth.scenarios import CASES, SCENARIOS
from tests.accuracy.truth.truth import ACTIVITY, TOKENS, Truth, summed


def rows(path: StorePath, window: Window) -> list[SessionRow]:
    with closing(path.backend()) as backend:
        return sessions_of(backend.source, window, Scope())


def check(path: StorePath, window: Window, all_: Truth) -> None:
    asked = all_.within(window.from_ns, window.to_ns)
    last = asked.active()
    found = rows(path, window)
    assert {row.session_id: row.last_seen_ns for row in found} == last
    assert [row.last_seen_ns for row in found] == sorted(last.values())
    for row in found:
        check_row(row, asked)


def check_row(row: SessionRow, asked: Truth) -> None:
    own = Truth([one for one in asked.amounts if one.session == row.session_id])
    active = (one.time_ns for one in own.amounts if one.what in ACTIVITY or one.counted)
    assert row.started_ns == min(active)
    costs = summed(own.of("cost"))
    same(row.cost, fsum(costs.values()), "usd", row.session_id)
    same(row.tokens, fsum(one.number for one in own.of(*TOKENS)), "tokens", row.session_id)
    assert set(row.models) == costs.keys()
    ranked = [costs[model] for model in row.models]
    assert ranked == sorted(ranked, reverse=True)
    read, output = (fsum(one.number for one in own.of(w)) for w in ("cacheRead", "output"))
    sent = (row.tokens or 0) - output
    same(row.cache_hit_ratio, read / sent if sent else None, "ratio", row.session_id)
    counts = (row.requests, row.tools, row.errors, row.prompts)
    whats = ("duration", "call", "error", "prompt")
    assert counts == tuple(len(own.of(what)) for what in whats)


def test_every_made_up_session(store_path: StorePath) -> None:
    told = Truth()
    for scenario, temporality in CASES:
        for part in SCENARIOS[scenario](f"{scenario}-{temporality}", temporality, told):
            store_path.send(part)
    for window in cuts(told):
        check(store_path, window, told)


@pytest.mark.parametrize("minutes", [(240, 320), (250, 251), (253, 309)])
def test_every_recorded_session(store_path: StorePath, minutes: tuple[int, int]) -> None:
    store_path.send(requests("grpc"))
    told = truth("grpc")
    from_ns, to_ns = (at("00:00") + minute * MINUTE for minute in minutes)
    check(store_path, Window.between(from_ns, to_ns, UTC), told)
