"""A model that stands under two names in Loki, with and without what is in brackets."""

import json
from urllib.parse import parse_qs, urlsplit
from zoneinfo import ZoneInfo

from ccotel_tui.query.measures import DURATION
from ccotel_tui.query.query import Query, Scope
from ccotel_tui.query.window import HOUR, Window
from tests.query.stub import Behaviour, Request, Stub, well
from tests.tools.otlp import T0

P95 = Query(DURATION, by=("model",), stat=0.95)


def holding(*models: str) -> Behaviour:
    """A Loki with requests of these models, which a template makes one name of."""

    def behave(request: Request) -> None:
        asked = parse_qs(urlsplit(request.path).query)
        if request.path.split("?")[0].endswith("/values") or "limit" in asked:
            well(request)
            return
        plain = "label_format" in asked.get("query", [""])[0]
        named = {one.split("[")[0] for one in models} if plain else models
        found = [{"metric": {"model": one}, "value": [T0 // 10**9, "7"]} for one in named]
        result = found if request.path.startswith("/loki") else []
        request.say(200, json.dumps({"status": "success", "data": {"result": result}}).encode())

    return behave


def quantiles(stub: Stub, times: int = 1) -> dict[str, float | None]:
    backend = stub.backend()
    window = Window.between(T0 - HOUR, T0, ZoneInfo("UTC"))
    for _ in range(times):
        answer = backend.source.numbers([P95], window, Scope())[P95]
    backend.close()
    return {series.labels["model"]: series.points[0][1] for series in answer}


def templates(stub: Stub) -> list[bool]:
    """Whether each sum that Loki was asked for has one."""
    return ["label_format" in path for path in stub.paths if path.startswith("/loki/api/v1/query?")]


def test_models_of_one_name_each_are_asked_without_the_costly_template() -> None:
    with Stub() as stub:
        stub.behave = holding("opus[1m]", "haiku")
        assert quantiles(stub, times=2) == {"opus": 7.0, "haiku": 7.0}
        assert templates(stub) == [False, False]


def test_a_quantile_of_two_names_is_that_of_their_requests_together() -> None:
    with Stub() as stub:
        stub.behave = holding("opus[1m]", "opus", "haiku")
        assert quantiles(stub, times=2) == {"opus": 7.0, "haiku": 7.0}
        assert templates(stub) == [False, True, True]


def test_a_model_without_a_name_beside_one_called_unknown_ends_no_worse() -> None:
    with Stub() as stub:
        stub.behave = holding("unknown", "")
        assert quantiles(stub).keys() == {"unknown"}
        assert templates(stub) == [False, True]
