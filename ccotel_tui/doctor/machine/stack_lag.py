"""How far the servers of a running stack are behind, and what did not reach them."""

import json
import time
from collections.abc import Collection
from contextlib import closing
from dataclasses import replace
from datetime import UTC
from math import inf
from typing import Any

from ccotel_tui.doctor.facts import StackFacts
from ccotel_tui.errors import SourceUnavailable
from ccotel_tui.network.address import address
from ccotel_tui.network.http import HttpClient, HttpFailure
from ccotel_tui.query.measures import ACTIVITY
from ccotel_tui.query.query import Query, Scope
from ccotel_tui.query.stack.backend import open_stack
from ccotel_tui.query.window import DAY, SECOND, Window
from ccotel_tui.telemetry.conventions import CANARY_SCOPE

WITHIN = 5.0
"""Seconds in which a record is to be seen in Loki."""

_PAUSE = 0.1
_CANARIES = f'{{service_name=~".+"}} | scope_name="{CANARY_SCOPE}"'
_BEHIND = "time() - max(timestamp(up))"
_ACTIVE = Query(ACTIVITY, by=("session_id",))


def with_lags(stack: StackFacts, sent_ns: int, was_sent: bool) -> StackFacts:
    """Return the facts with what the servers say; `was_sent`: a canary went to the collector.

    The canary is dated at or after `sent_ns`.
    """
    lags: dict[str, float] = {}
    canaries = 0
    with closing(HttpClient()) as client:
        if at := stack.published.get("prometheus"):
            for series in _data(client, at, "/api/v1/query", query=_BEHIND):
                lags["prometheus"] = float(series["value"][1])
        if at := stack.published.get("loki"):
            if was_sent:
                lags["loki"] = _loki_lag(client, at, sent_ns)
            canaries = canary_rows(client, at, sent_ns)
    stack = replace(stack, lags=lags, canaries=canaries)
    both = stack.published.keys() >= {"prometheus", "loki"}
    return _with_records(stack, sent_ns) if both else stack


def canary_rows(client: HttpClient, at: str, now_ns: int) -> int:
    """Return how many rows of doctor's are in Loki, of the day up to then and since."""
    to_ns = max(now_ns, time.time_ns()) + SECOND
    count = f"sum(count_over_time({_CANARIES} [1d]))"
    answer = _data(client, at, "/loki/api/v1/query", query=count, time=str(to_ns))
    return sum(int(series["value"][1]) for series in answer)


def _loki_lag(client: HttpClient, at: str, sent_ns: int) -> float:
    began = time.monotonic()
    while (waited := time.monotonic() - began) < WITHIN:
        window = {"start": str(sent_ns), "end": str(time.time_ns() + SECOND), "limit": "1"}
        if _data(client, at, "/loki/api/v1/query_range", query=_CANARIES, **window):
            return waited
        time.sleep(_PAUSE)
    return inf


def _with_records(stack: StackFacts, now_ns: int) -> StackFacts:
    """Return the facts with what of the client is there, and what of the last day is not."""
    day = Window.between(now_ns - DAY, now_ns, UTC)
    prometheus, loki = (f"http://{stack.published[name]}" for name in ("prometheus", "loki"))
    backend = open_stack(prometheus, loki)
    try:
        active = backend.source.numbers((_ACTIVE,), day, Scope())[_ACTIVE]
        sessions: Collection[str] = {series.labels["session_id"] for series in active}
        dropped = dict(backend.diagnostics.dropped_records(day))
        missed = sum(backend.diagnostics.lost_events(sessions, day).values())
        heard_ns = backend.source.last_record_ns(now_ns)
    except SourceUnavailable:
        return stack
    finally:
        backend.close()
    not_kept = {str(signal): number for signal, number in dropped.items() if number}
    return replace(stack, dropped=not_kept, missed=missed, heard_ns=heard_ns)


def _data(client: HttpClient, at: str, path: str, **parameters: str) -> list[Any]:
    """The rows of an answer; none where there is no answer, which is another check's."""
    try:
        limit = client.limit(WITHIN)
        response = client.get(address(f"http://{at}"), path, tuple(parameters.items()), limit)
        rows: list[Any] = json.loads(response.body)["data"]["result"]
    except (HttpFailure, ValueError, LookupError, TypeError):
        return []
    return rows
