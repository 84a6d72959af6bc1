"""What will be asked over HTTP, read before anything is asked."""

import re
from collections import defaultdict
from contextlib import closing
from urllib.parse import parse_qs, urlsplit
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ccotel_tui.network.address import address
from ccotel_tui.query.measures import ACTIVE_TIME, COST, COST_COUNTED, REQUESTS
from ccotel_tui.query.query import EventKind, Query, Scope
from ccotel_tui.query.stack.batching import plan_queries
from ccotel_tui.query.stack.requests import Servers, ServerTraits, runs
from ccotel_tui.query.stack.responses import HttpQuery
from ccotel_tui.query.window import DAY, HOUR, MINUTE, SECOND, Window
from tests.query.stub import Stub

UTC = ZoneInfo("UTC")
NOON_S = 1_764_244_800  # 2025-11-27, 12:00 UTC
NOON = NOON_S * SECOND
HALF_DAY = Window.between(NOON - 12 * HOUR, NOON, UTC)
SERVERS = Servers(address("http://prometheus:9090"), address("http://loki:3100/prefix"))
STREAMS = '{service_name="claude-code"}'
ID = r"[0-9a-f]{8}-[0-9a-f-]{27}"
TRAITS = ServerTraits(streams=STREAMS)


def urls(requests: list[HttpQuery]) -> list[str]:
    return [f"{request.server.url}{request.path}" for request in requests]


def test_the_whole_way_from_panels_questions_to_requests() -> None:
    total, by_model = Query(COST), Query(COST, by=("model",), stepped=True)
    plan = plan_queries([total, by_model])
    [query] = plan.queries
    assert query.by == ("model",)
    [first_bucket_on] = SERVERS.requests(query, HALF_DAY, Scope(), TRAITS)
    parameters = dict(first_bucket_on.parameters)
    assert urls([first_bucket_on]) == ["http://loki:3100/prefix/loki/api/v1/query_range"]
    assert parameters["start"] == f"{NOON_S - 12 * 3600 + 15 * 60}.000"
    assert parameters["end"] == f"{NOON_S}.000"
    assert parameters["step"] == str(15 * 60)
    assert STREAMS.rstrip("}") in parameters["query"]
    values = {query: [(("opus",), NOON - HOUR, 1.0), (("haiku",), NOON, 0.5)]}
    assert list(plan.values(total, values, NOON)) == [((), NOON, 1.0), ((), NOON, 0.5)]
    assert list(plan.values(by_model, values, NOON)) == values[query]


def test_counters_are_asked_of_prometheus() -> None:
    [request] = SERVERS.requests(Query(ACTIVE_TIME), HALF_DAY, Scope(), TRAITS)
    assert urls([request]) == ["http://prometheus:9090/api/v1/query"]
    assert dict(request.parameters)["time"] == f"{NOON_S}.000"


@pytest.mark.parametrize(("large_results", "count"), [(True, 1), (False, 7)])
def test_sessions_are_asked_day_by_day_where_results_are_small(
    large_results: bool, count: int
) -> None:
    week = Window.between(NOON - 6 * DAY, NOON, UTC)
    traits = ServerTraits(STREAMS, large_results)
    requests = SERVERS.requests(Query(REQUESTS, by=("session_id",)), week, Scope(), traits)
    assert len(requests) == count
    # Each day's number stands at the window's end.
    ends_ns = [float(dict(each.parameters)["time"]) * SECOND - each.later_ns for each in requests]
    assert set(ends_ns) == {NOON}


def test_models_are_normalised_where_two_spellings_were_seen() -> None:
    quantile = Query(COST, by=("model",), stat=0.95)
    plain, normalised = (
        SERVERS.requests(quantile, HALF_DAY, Scope(), ServerTraits(STREAMS, True, wanted))
        for wanted in (False, True)
    )
    assert len(dict(normalised[0].parameters)["query"]) > len(dict(plain[0].parameters)["query"])


def test_buckets_of_one_length_are_one_run() -> None:
    window = Window.between(NOON - HOUR - 30 * SECOND, NOON - 20 * SECOND, UTC, MINUTE)
    assert [len(run) for run in runs(window, stepped=True)] == [1, 59, 1]
    assert runs(window, stepped=False) == [[window.whole]]


@given(
    st.integers(0, 3000),
    st.sampled_from([Query(REQUESTS, by=("session_id",)), Query(COST_COUNTED, stepped=True)]),
    st.sampled_from([HALF_DAY, Window.between(NOON - 3 * DAY, NOON, UTC, DAY)]),
    st.booleans(),
    st.booleans(),
)
def test_however_many_sessions_are_named_no_text_is_longer_than_servers_take(
    count: int, query: Query, window: Window, large_results: bool, by_scope: bool
) -> None:
    """Each of them is named, and none in two texts about the same time."""
    ids = [f"{number:08x}-0000-4000-8000-{number:012x}" for number in range(count)]
    traits = ServerTraits(STREAMS, large_results)
    scope, sessions = (Scope(sessions=tuple(ids)), ()) if by_scope else (Scope(), ids)
    requests = SERVERS.requests(query, window, scope, traits, sessions)
    named: dict[tuple[str, ...], list[str]] = defaultdict(list)
    for request in requests:
        parameters = dict(request.parameters)
        text = parameters.pop("query")
        assert len(text.encode()) <= 12 * 1024
        time_and_span = (*parameters.values(), *re.findall(r"\[(\d+ms)\]", text)[:1])
        named[time_and_span] += set(re.findall(ID, text))
    assert named
    for names in named.values():
        assert sorted(names) == ids


def test_no_question_about_a_folder_of_many_sessions_is_longer_than_servers_take() -> None:
    """As `--here` asks: rows, numbers of events and of counters, and the current session."""
    ids = tuple(f"{number:08x}-0000-4000-8000-{number:012x}" for number in range(1000))
    scope = Scope(sessions=ids)
    with Stub() as stub, closing(stub.backend()) as backend:
        source = backend.source
        source.numbers([Query(COST), Query(ACTIVE_TIME)], HALF_DAY, scope)
        source.rows([EventKind("tool_result")], HALF_DAY, scope, 200)
        source.current(NOON, scope)
        asked = [parse_qs(urlsplit(path).query) for path in stub.paths]
    texts = [text for parameters in asked for text in parameters.get("query", [])]
    assert max(len(text.encode()) for text in texts) <= 12 * 1024
    for words in ("tool_result|)", "user_prompt|api_request", "unwrap cost_usd", "active_time"):
        about = [re.findall(ID, text) for text in texts if words in text]
        assert {session for sessions in about for session in sessions} == set(ids), words
