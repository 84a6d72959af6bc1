"""What will be asked over HTTP, read before anything is asked."""

from zoneinfo import ZoneInfo

import pytest

from ccotel_tui.network.address import address
from ccotel_tui.query.measures import ACTIVE_TIME, COST, REQUESTS
from ccotel_tui.query.query import Query, Scope
from ccotel_tui.query.stack.batching import plan_queries
from ccotel_tui.query.stack.requests import Servers, ServerTraits, runs
from ccotel_tui.query.stack.responses import HttpQuery
from ccotel_tui.query.window import DAY, HOUR, MINUTE, SECOND, Window

UTC = ZoneInfo("UTC")
NOON_S = 1_764_244_800  # 2025-11-27, 12:00 UTC
NOON = NOON_S * SECOND
HALF_DAY = Window.between(NOON - 12 * HOUR, NOON, UTC)
SERVERS = Servers(address("http://prometheus:9090"), address("http://loki:3100/prefix"))
STREAMS = '{service_name="claude-code"}'
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
    assert STREAMS in parameters["query"]
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
