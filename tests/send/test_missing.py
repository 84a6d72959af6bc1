"""Which events Loki lacks: rows of any service, with what their resource says."""

import json
from collections.abc import Iterator, Mapping
from contextlib import closing
from dataclasses import replace
from urllib.parse import parse_qs, urlsplit

import pytest

from ccotel_tui.send.loki import Loki
from ccotel_tui.telemetry.records import Event
from tests.query.stub import Request, Stub
from tests.tools.otlp import T0, event

TOLD = replace(
    event("api_request", session="s1", cost_usd=0.25, model="claude-opus-4-8", empty=""),
    service="my-team",
    version="2.1.332",
    context={"project": "shop", "team.id": 7, "os.type": "linux"},
)
ROW = {
    **{"service_name": "my-team", "service_version": "2.1.332", "os_type": "linux"},
    **{"project": "shop", "team_id": "7", "session_id": "s1", "event_name": "api_request"},
    **{"cost_usd": "0.25", "model": "claude-opus-4-8", "observed_timestamp": "1"},
    "scope_name": "com.anthropic.claude_code.events",
}
"""What Loki says of it."""


@pytest.fixture
def stub() -> Iterator[Stub]:
    with Stub() as stub:
        yield stub


def missing(stub: Stub, rows: list[Mapping[str, str]], *events: Event) -> list[Event]:
    def behave(request: Request) -> None:
        values = [[str(T0), "claude_code.api_request"]]
        found = [{"stream": row, "values": values} for row in rows]
        request.say(200, json.dumps({"data": {"result": found}}).encode())

    stub.behave = behave
    with closing(Loki(stub.url)) as loki:
        return loki.missing(events)


def test_an_event_is_there_with_all_that_its_resource_says(stub: Stub) -> None:
    assert missing(stub, [ROW], TOLD) == []


@pytest.mark.parametrize(
    "changed",
    [
        {"service": "other-team"},
        {"version": "2.1.331"},
        {"context": {**TOLD.context, "project": "docs"}},
        {"context": {**TOLD.context, "floor": 3}},
    ],
    ids=str,
)
def test_one_that_says_something_else_of_it_is_another(
    stub: Stub, changed: dict[str, object]
) -> None:
    other = replace(TOLD, **changed)  # type: ignore[arg-type]
    assert missing(stub, [ROW], TOLD, other) == [other]


def test_the_event_s_own_word_holds(stub: Stub) -> None:
    own = replace(TOLD, attributes={**TOLD.attributes, "project": "docs"})
    assert missing(stub, [{**ROW, "project": "docs"}], own) == []
    assert missing(stub, [ROW], own) == [own]


def test_equal_events_are_as_many_as_their_rows(stub: Stub) -> None:
    assert missing(stub, [ROW, ROW], TOLD, TOLD, TOLD) == [TOLD]


def test_a_row_is_known_by_the_name_that_the_collector_gave_it(stub: Stub) -> None:
    other = replace(TOLD, attributes={**TOLD.attributes, "event.name": "claude_code.api_request"})
    assert missing(stub, [ROW], other) == []


def test_names_and_values_in_a_form_of_their_own_are_not_compared(stub: Stub) -> None:
    odd = replace(TOLD, attributes={**TOLD.attributes, "a b": 1, "list": ["x"]})
    assert missing(stub, [ROW], odd) == []


def test_a_service_is_asked_for_by_its_name_to_the_letter(stub: Stub) -> None:
    with closing(Loki(stub.url)) as loki:
        assert loki.has('a "team" 🚀', T0)
    [asked] = parse_qs(urlsplit(stub.paths[-1]).query)["query"]
    assert asked == r'{service_name="a \"team\" 🚀"}'
