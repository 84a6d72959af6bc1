"""Sessions, which may be more than one answer of Loki holds."""

import json
from urllib.parse import parse_qs, urlsplit
from zoneinfo import ZoneInfo

import pytest

from ccotel_tui.query.measures import REQUESTS
from ccotel_tui.query.query import Query, Scope
from ccotel_tui.query.stack import client
from ccotel_tui.query.window import DAY, Window
from tests.query.stub import Behaviour, Request, Stub, well
from tests.tools.otlp import T0

LIMITS = "/loki/api/v1/drilldown-limits"
BY_SESSION = Query(REQUESTS, by=("session_id",))


def says(most: object) -> Behaviour:
    def behave(request: Request) -> None:
        if urlsplit(request.path).path == LIMITS:
            request.say(200, json.dumps({"limits": {"max_query_series": most}}).encode())
        else:
            well(request)

    return behave


def asked(stub: Stub) -> list[str]:
    """The sums that Loki was asked for: the rows it finds cannot be summed."""
    parsed = [parse_qs(urlsplit(path).query) for path in stub.paths]
    return [one["query"][0] for one in parsed if "query" in one and "limit" not in one]


def ask(stub: Stub, *headers: tuple[str, str], times: int = 1) -> float | None:
    backend = stub.backend(*headers)
    window = Window.between(T0 - 5 * DAY, T0, ZoneInfo("UTC"))
    for _ in range(times):
        [series] = backend.source.numbers([BY_SESSION], window, Scope())[BY_SESSION]
    backend.close()
    assert series.points[0][0] == T0
    return series.points[0][1]


def test_loki_that_answers_with_many_is_asked_once() -> None:
    with Stub() as stub:
        stub.behave = says(10_000)
        assert ask(stub) == 1.25
        assert len(asked(stub)) == 1


@pytest.mark.parametrize("behave", [well, says(500), says("many"), says(None)])
def test_another_is_asked_day_by_day(behave: Behaviour) -> None:
    with Stub() as stub:
        stub.behave = behave
        assert ask(stub) == 6 * 1.25
        lengths = sum(int(text.split("[")[1].split("ms")[0]) for text in asked(stub))
        assert lengths * 1_000_000 == 5 * DAY


def test_what_it_says_is_asked_for_once_and_what_it_does_not_say_a_minute_later(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    with Stub() as stub:
        ask(stub, times=2)
        assert sum(path == LIMITS for path in stub.paths) == 1
        monkeypatch.setattr(client, "_LIMIT_RETRY", 0.0)
        ask(stub, times=2)
        assert sum(path == LIMITS for path in stub.paths) == 3


@pytest.mark.parametrize(
    ("headers", "tenants"),
    [([("x-scope-orgid", "team")], {"team"}), ([], {"fake"})],
    ids=["named", "not named"],
)
def test_the_tenant_that_the_user_names_is_the_only_one(
    headers: list[tuple[str, str]], tenants: set[str]
) -> None:
    with Stub() as stub:
        ask(stub, *headers)
        found = [
            value
            for one in stub.headers
            for name, value in one.items()
            if name.lower() == "x-scope-orgid"
        ]
        assert set(found) == tenants
