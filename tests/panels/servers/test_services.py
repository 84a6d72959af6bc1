"""Events of any service on the real servers: the client's count, and nobody else's."""

import json
import time
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
import urllib3
from opentelemetry.proto.collector.logs.v1.logs_service_pb2 import ExportLogsServiceRequest

from ccotel_tui.panels.catalogue import PANELS
from ccotel_tui.panels.result import PanelAnswer, answer_panels
from ccotel_tui.query.embedded.backend import open_embedded
from ccotel_tui.query.query import Scope
from ccotel_tui.query.source import Backend
from ccotel_tui.query.stack.backend import open_stack
from ccotel_tui.query.usage.keys import usage_key
from ccotel_tui.query.usage.usage import usage_of
from ccotel_tui.query.window import HOUR, MINUTE, SECOND, Window
from ccotel_tui.send.replay import Line, send
from tests.accuracy.truth.otlp import pairs
from tests.panels.equality import check
from tests.panels.recordings import fill
from tests.panels.servers.test_side_by_side import check_panels
from tests.servers.servers import Loki, Stack
from tests.tools.otlp import Plain, event, logs_request

pytestmark = pytest.mark.servers

NOW = time.time_ns() // MINUTE * MINUTE - MINUTE
LAST_HOUR = Window.between(NOW - HOUR, NOW + MINUTE, ZoneInfo("UTC"))
CLIENT = "com.anthropic.claude_code.events"
SPENT: dict[str, Plain] = {
    "model": "claude-opus-4-8",
    "duration_ms": 100,
    "input_tokens": 3,
    "output_tokens": 5,
}


def told(
    session: str,
    cost: float,
    service: str = "my-team",
    scope: str = CLIENT,
    age: int = MINUTE,
    resource: dict[str, str] | None = None,
    **own: str | int | float,
) -> ExportLogsServiceRequest:
    """A request of a session, in an export of a program that says this of itself."""
    spent = event("api_request", NOW - age, session, **SPENT, cost_usd=cost, **own)
    request = logs_request(spent)
    [logs] = request.resource_logs
    named = {"service.name": service} if service else {}
    logs.ClearField("resource")
    logs.resource.attributes.extend(pairs({**named, **(resource or {})}))
    logs.scope_logs[0].scope.name = scope
    return request


def foreign() -> ExportLogsServiceRequest:
    """Another program's record in the stream of the client's, with the same words."""
    request = told("s-one", 100, scope="shop")
    request.resource_logs[0].scope_logs[0].log_records[0].body.string_value = "order done"
    return request


def named_elsewhere(where: str) -> ExportLogsServiceRequest:
    """A record of the client's that says its name in one place only."""
    request = told(f"named-{where}", 2, scope="" if where != "scope" else CLIENT)
    [record] = request.resource_logs[0].scope_logs[0].log_records
    kept = [one for one in record.attributes if one.key != "event.name"]
    del record.attributes[:]
    record.attributes.extend(kept)
    record.ClearField("body")
    if where == "body":
        record.body.string_value = "claude_code.api_request"
    elif where == "field":
        record.event_name = "claude_code.api_request"
    else:
        name = "claude_code.api_request" if where == "attribute" else "api_request"
        record.attributes.extend(pairs({"event.name": name}))
    return request


def costing(session: str, cost: float | str | None) -> ExportLogsServiceRequest:
    """A request that tells such a cost, or none."""
    request = told(session, 0)
    [record] = request.resource_logs[0].scope_logs[0].log_records
    kept = [one for one in record.attributes if one.key != "cost_usd"]
    del record.attributes[:]
    record.attributes.extend([*kept, *pairs({} if cost is None else {"cost_usd": cost})])
    return request


ODD = {"cost-center": "🚀 Süd", "2nd.team": "é"}
SHOP = {"project": "shop", "team.id": "blue", "os.type": "linux", "service.version": "2.1.332"}
REQUESTS = [
    told("s-one", 1),
    told("s-two", 2, "claude-code", age=2 * MINUTE),
    told("s-three", 4, "payments/api [prod]", age=3 * MINUTE),
    told("s-four", 8, "", age=4 * MINUTE),
    foreign(),
    *(named_elsewhere(where) for where in ("scope", "body", "field", "attribute")),
    told("c-resource", 16, resource=SHOP),
    told("c-own", 32, resource=SHOP, project="docs"),
    told("odd", 64, resource=ODD),
    *(costing(f"cost-{at}", cost) for at, cost in enumerate((0.5, "0.25", -0.125, "much", None))),
]
for second, one in enumerate(REQUESTS):
    # The newest activity is one session's.
    one.resource_logs[0].scope_logs[0].log_records[0].time_unix_nano -= second * SECOND


@pytest.fixture(scope="module")
def stack(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Stack]:
    with Stack(tmp_path_factory.mktemp("stack")) as running:
        if running.loki is None:
            pytest.skip("no Loki on this machine, and these queries have no recorded answers")
        send([Line(one, NOW) for one in REQUESTS], running.collector.grpc)
        running.settle()
        yield running


@pytest.fixture
def backend(stack: Stack) -> Iterator[Backend]:
    assert stack.loki
    with closing(open_stack(stack.prometheus.url, stack.loki.url)) as backend:
        yield backend


@pytest.fixture(scope="module")
def embedded(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Backend]:
    path: Path = tmp_path_factory.mktemp("store") / "telemetry.db"
    fill(path, [Line(one, NOW) for one in REQUESTS])
    with closing(open_embedded(path)) as backend:
        yield backend


def asked(backend: Backend, scope: Scope) -> dict[str, PanelAnswer]:
    return answer_panels(PANELS, backend, LAST_HOUR, scope, LAST_HOUR.to_ns)


@pytest.mark.parametrize(
    ("session", "cost"), [("s-one", 1), ("s-two", 2), ("s-three", 4), ("s-four", 8)]
)
def test_the_client_counts_under_whatever_name(backend: Backend, session: str, cost: float) -> None:
    assert asked(backend, Scope(session))["total_cost"].value == cost


@pytest.mark.parametrize("where", ["scope", "body", "field", "attribute"])
def test_one_of_the_names_is_enough(backend: Backend, where: str) -> None:
    assert asked(backend, Scope(f"named-{where}"))["total_cost"].value == 2


def test_what_the_resource_says_selects_and_the_record_s_own_word_holds(backend: Backend) -> None:
    for project, cost in (("shop", 16), ("docs", 32)):
        scope = Scope(attributes=(("project", project), ("team.id", "blue")))
        answer = asked(backend, scope)["total_cost"]
        assert (answer.value, answer.notes) == (cost, ())


@pytest.mark.parametrize(
    "scope",
    [
        Scope(),
        Scope("cost-"),
        Scope(attributes=(("project", "shop"),)),
        Scope(attributes=(("project", ""),)),
        Scope(attributes=(("service.name", "my-team"),)),
        *(Scope(attributes=(pair,)) for pair in ODD.items()),
    ],
    ids=str,
)
def test_both_sources_say_the_same(backend: Backend, embedded: Backend, scope: Scope) -> None:
    check_panels(embedded, backend, LAST_HOUR, scope)


@pytest.mark.parametrize(
    ("name", "text"), [("cost-center", "🚀"), ("cost-center", "SÜD"), ("2nd_team", ""), ("", "🚀")]
)
def test_odd_attributes_hold_a_text(backend: Backend, name: str, text: str) -> None:
    rows = backend.source.rows((), LAST_HOUR, Scope(texts=((name, text),)), 50)
    assert {row["session_id"] for row in rows} == {"odd"}


def test_usage_by_an_odd_attribute_is_the_same(backend: Backend, embedded: Backend) -> None:
    key = usage_key("attribute:cost-center")
    costs = [
        {row.keys: row.cost for row in usage_of(one, [key], LAST_HOUR, Scope()).rows}
        for one in (backend, embedded)
    ]
    assert costs[0] == costs[1]
    assert costs[0][ODD["cost-center"],] == 64


def test_an_attribute_that_no_record_has_is_told_by_both(
    backend: Backend, embedded: Backend
) -> None:
    for one in (backend, embedded):
        answer = asked(one, Scope(attributes=(("floor", "3"),)))["total_cost"]
        assert answer.notes == ("No record has the attribute floor.",)


def test_rows_have_what_their_resource_says(backend: Backend, embedded: Backend) -> None:
    ours, theirs = (one.source.rows((), LAST_HOUR, Scope("c-"), 50) for one in (embedded, backend))
    check(ours, theirs)
    [resource, own] = sorted(theirs, key=lambda row: str(row["session_id"]), reverse=True)
    assert (resource["project"], own["project"]) == ("shop", "docs")
    assert own["service_name"] == "my-team"


def test_a_new_service_is_seen_at_once_by_who_begins_to_ask(stack: Stack) -> None:
    assert stack.loki
    send([Line(told("new", 64, "brand-new"), NOW)], stack.collector.grpc)
    stack.settle()
    with closing(open_stack(stack.prometheus.url, stack.loki.url)) as backend:
        assert asked(backend, Scope("new"))["total_cost"].value == 64


@pytest.fixture
def team(tmp_path: Path) -> Iterator[Loki]:
    """A Loki that is filled by somebody else."""
    if Stack(tmp_path / "stack").loki is None:
        pytest.skip("no Loki on this machine, and these queries have no recorded answers")
    with Loki(tmp_path / "loki") as loki:
        yield loki


def pushed(loki: Loki, labels: dict[str, str], line: str, **more: str) -> None:
    stream = {"stream": labels, "values": [[str(NOW - SECOND), line, more]]}
    answer = urllib3.request(
        "POST",
        f"{loki.url}/loki/api/v1/push",
        body=json.dumps({"streams": [stream]}),
        headers={"Content-Type": "application/json"},
    )
    assert answer.status == 204, answer.data


def test_a_loki_that_holds_nothing_of_the_client_answers_with_nothing(
    team: Loki, stack: Stack
) -> None:
    pushed(team, {"service_name": "shop"}, "order done", event_name="api_request")
    with closing(open_stack(stack.prometheus.url, team.url)) as backend:
        assert backend.source.rows((), LAST_HOUR, Scope(), 9) == []
        assert asked(backend, Scope("s-"))["total_cost"].state == "empty"


def test_streams_without_service_name_are_found_by_another_label(team: Loki, stack: Stack) -> None:
    spent = {"session_id": "s-label", "event_name": "api_request", "cost_usd": "0.5"}
    pushed(team, {"app": "shop"}, "order done")
    pushed(team, {"zone": "b"}, "claude_code.api_request", **spent)
    with closing(open_stack(stack.prometheus.url, team.url)) as backend:
        assert asked(backend, Scope("s-label"))["total_cost"].value == 0.5


def test_events_without_attributes_are_told(team: Loki, stack: Stack) -> None:
    pushed(team, {"service_name": "my-team"}, '{"body": "claude_code.api_request"}')
    with closing(open_stack(stack.prometheus.url, team.url)) as backend:
        [note] = asked(backend, Scope())["tool_count"].notes
    assert note.endswith("which no panel reads, under the service my-team.")
