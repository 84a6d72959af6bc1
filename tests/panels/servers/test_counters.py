"""Counters on the real collector and Prometheus, whatever they are called there and whosever."""

import json
import time
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
import urllib3
from opentelemetry.proto.collector.metrics.v1.metrics_service_pb2 import ExportMetricsServiceRequest
from opentelemetry.proto.common.v1.common_pb2 import AnyValue, KeyValue

from ccotel_tui.panels.catalogue import PANELS
from ccotel_tui.panels.result import PanelAnswer, answer_panels
from ccotel_tui.query.query import Scope
from ccotel_tui.query.stack.backend import open_stack
from ccotel_tui.query.window import HOUR, MINUTE, SECOND, Window
from ccotel_tui.send.replay import Line, send
from tests.panels.servers.test_dropped import Scraping
from tests.query.stub import Request, Stub
from tests.servers.servers import STACK, Collector, Prometheus, until
from tests.tools.otlp import lines, metrics_request

pytestmark = pytest.mark.servers

NOW = time.time_ns() // SECOND * SECOND
UTC = ZoneInfo("UTC")
LAST_HOUR = Window.between(NOW - HOUR, NOW, UTC)

Resource = dict[str, str]


def nothing(request: Request) -> None:
    """A Loki without a row."""
    data: object = [] if "query=" not in request.path else {"result": []}
    request.say(200, json.dumps({"status": "success", "data": data}).encode())


@pytest.fixture(scope="module")
def loki() -> Iterator[Stub]:
    with Stub() as stub:
        stub.behave = nothing
        yield stub


@pytest.fixture(scope="module")
def prometheus(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Prometheus]:
    with Prometheus(tmp_path_factory.mktemp("prometheus")) as running:
        yield running


@pytest.fixture(scope="module")
def collector(
    prometheus: Prometheus, loki: Stub, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Collector]:
    directory = tmp_path_factory.mktemp("collector")
    with Collector(directory, prometheus.url, loki.url) as running:
        yield running


def counted(
    session: str,
    value: float,
    at: int = NOW - MINUTE,
    resource: Resource | None = None,
    name: str = "claude_code.lines_of_code.count",
    unit: str = "",
) -> ExportMetricsServiceRequest:
    """A cumulative point of a counter, of a program that says this of itself."""
    request = metrics_request(lines(value, at, NOW - 2 * HOUR, session, cumulative=True))
    request.resource_metrics[0].ClearField("resource")
    request.resource_metrics[0].resource.attributes.extend(
        KeyValue(key=key, value=AnyValue(string_value=text))
        for key, text in (resource or {}).items()
    )
    [metric] = request.resource_metrics[0].scope_metrics[0].metrics
    metric.name, metric.unit = name, unit
    return request


def sent(collector: Collector, *requests: ExportMetricsServiceRequest) -> None:
    """Hand it these, and return when Prometheus has them."""
    send([Line(one, NOW) for one in requests], collector.grpc)
    queue = 'exporter="otlp_http/prometheus"'
    assert until(lambda: collector.count("otelcol_exporter_queue_size", queue) == 0, 20)


def pushed(prometheus: Prometheus, request: ExportMetricsServiceRequest) -> None:
    """Hand it over without a collector of ours."""
    url = f"{prometheus.url}/api/v1/otlp/v1/metrics"
    kind = {"Content-Type": "application/x-protobuf"}
    answer = urllib3.request("POST", url, body=request.SerializeToString(), headers=kind)
    assert answer.status in (200, 204), answer.data


def asked(url: str, loki: Stub, scope: Scope, window: Window = LAST_HOUR) -> dict[str, PanelAnswer]:
    with closing(open_stack(url, loki.url)) as backend:
        return answer_panels(PANELS, backend, window, scope, window.to_ns)


@pytest.mark.parametrize("service", ["claude-code", "my-team", "payments/api [prod]", ""])
def test_a_service_may_have_any_name(
    prometheus: Prometheus, collector: Collector, loki: Stub, service: str
) -> None:
    session = f"service-{service}-"
    sent(collector, counted(session, 7, resource={"service.name": service} if service else {}))
    assert asked(prometheus.url, loki, Scope(session))["lines_of_code"].value == 7


@pytest.mark.parametrize(
    ("metric", "unit", "panel"),
    [
        ("claude_code.cost.usage", "USD", "total_cost"),
        ("claude_code.cost.usage", "", "total_cost"),
        ("claude_code.active_time.total", "s", "dev_activity"),
        ("claude_code.active_time.total", "", "dev_activity"),
        ("claude_code_active_time", "", "dev_activity"),
    ],
)
def test_a_counter_may_have_its_unit_behind_or_not(
    prometheus: Prometheus, collector: Collector, loki: Stub, metric: str, unit: str, panel: str
) -> None:
    session = f"{metric}-{unit}-"
    sent(collector, counted(session, 2.5, name=metric, unit=unit))
    assert asked(prometheus.url, loki, Scope(session))[panel].value == 2.5


def test_names_without_any_ending_are_found(loki: Stub, tmp_path: Path) -> None:
    class Plain(Prometheus):
        @property
        def arguments(self) -> list[str]:
            shipped = (STACK / "prometheus.yml").read_text()
            config = self.directory / "prometheus.yml"
            assert "WithSuffixes" in shipped
            config.write_text(shipped.replace("WithSuffixes", "WithoutSuffixes"))
            return [f"--config.file={config}", *super().arguments[1:]]

    with Plain(tmp_path) as prometheus:
        for name in ("claude_code.cost.usage", "claude_code.active_time.total"):
            pushed(prometheus, counted("plain", 2.5, name=name))
        answers = asked(prometheus.url, loki, Scope("plain"))
        assert (answers["total_cost"].value, answers["dev_activity"].value) == (2.5, 2.5)


def test_a_stream_that_has_another_name_since_then_is_still_one(
    prometheus: Prometheus, collector: Collector, loki: Stub
) -> None:
    for value, age, unit in ((3, 50, ""), (5, 20, "USD")):
        cost = "claude_code.cost.usage"
        sent(collector, counted("renamed", value, NOW - age * MINUTE, None, cost, unit))
    half = Window.between(NOW - HOUR // 2, NOW, UTC)
    assert asked(prometheus.url, loki, Scope("renamed"))["total_cost"].value == 5
    assert asked(prometheus.url, loki, Scope("renamed"), half)["total_cost"].value == 2
    with closing(open_stack(prometheus.url, loki.url)) as backend:
        current = backend.source.current(NOW, Scope("renamed"))
    assert current is not None


def test_a_session_that_lives_on_while_the_stack_is_upgraded_counts_once(
    prometheus: Prometheus, collector: Collector, loki: Stub
) -> None:
    """Since then its points have what its program says of itself."""
    resource = {"service.name": "claude-code", "service.version": "2.1", "os.type": "linux"}
    before = counted("upgraded", 3, NOW - 50 * MINUTE, {"service.name": "claude-code"})
    [point] = before.resource_metrics[0].scope_metrics[0].metrics[0].sum.data_points
    start = KeyValue(key="stream.start", value=AnyValue(string_value=str(NOW - 2 * HOUR)))
    point.attributes.append(start)
    pushed(prometheus, before)
    sent(collector, counted("upgraded", 5, NOW - 20 * MINUTE, resource))
    half = Window.between(NOW - HOUR // 2, NOW, UTC)
    assert asked(prometheus.url, loki, Scope("upgraded"))["lines_of_code"].value == 5
    assert asked(prometheus.url, loki, Scope("upgraded"), half)["lines_of_code"].value == 2


def test_what_only_the_resource_says_selects_and_the_point_s_own_word_holds(
    prometheus: Prometheus, collector: Collector, loki: Stub
) -> None:
    resource = {"service.name": "my-team", "project": "shop", "team.id": "blue"}
    own = counted("own", 4, resource=resource)
    [point] = own.resource_metrics[0].scope_metrics[0].metrics[0].sum.data_points
    point.attributes.append(KeyValue(key="project", value=AnyValue(string_value="docs")))
    sent(collector, counted("context", 7, resource=resource), own)
    for project, value in (("shop", 7), ("docs", 4)):
        scope = Scope(attributes=(("project", project), ("team.id", "blue")))
        answer = asked(prometheus.url, loki, scope)["lines_of_code"]
        assert (answer.value, answer.notes) == (value, ())


def test_an_attribute_that_no_record_has_is_told(
    prometheus: Prometheus, collector: Collector, loki: Stub
) -> None:
    sent(collector, counted("nowhere", 7))
    answers = asked(prometheus.url, loki, Scope(attributes=(("floor", "3"),)))
    assert answers["lines_of_code"].state == "empty"
    assert answers["lines_of_code"].notes == ("No record has the attribute floor.",)


def test_a_stack_that_keeps_no_context_says_so_and_no_number(loki: Stub, tmp_path: Path) -> None:
    with Prometheus(tmp_path) as prometheus:
        pushed(prometheus, counted("foreign", 7, resource={"project": "shop"}))
        answers = asked(prometheus.url, loki, Scope(attributes=(("project", "shop"),)))
        assert {one.state for one in answers.values()} == {"absent"}
        assert answers["lines_of_code"].notes == (
            "No record has the attribute project.",
            "This stack does not keep the attributes of resources.",
        )
        assert asked(prometheus.url, loki, Scope())["lines_of_code"].value == 7


def test_counters_that_no_panel_reads_are_told(loki: Stub, tmp_path: Path) -> None:
    with Prometheus(tmp_path) as prometheus:
        pushed(prometheus, counted("odd", 7, name="claude_code.cost"))
        answers = asked(prometheus.url, loki, Scope())
        assert answers["lines_of_code"].notes == (
            "Prometheus holds counters of the client that no panel reads: claude_code_cost_total.",
        )
        assert answers["tool_count"].notes == ()


def test_a_prometheus_that_scrapes_the_collector_answers_as_well(
    collector: Collector, loki: Stub, tmp_path: Path
) -> None:
    """It says exported_job, where one that is pushed to says job."""
    sent(collector, counted("scraped", 7, time.time_ns(), {"service.name": "my-team"}))
    config = tmp_path / "prometheus.yml"
    target = collector.exporter_url.split("/")[2]
    job = {"job_name": "mine", "static_configs": [{"targets": [target]}]}
    config.write_text(json.dumps({"global": {"scrape_interval": "1s"}, "scrape_configs": [job]}))

    class Mine(Prometheus):
        @property
        def arguments(self) -> list[str]:
            return [f"--config.file={config}", *super().arguments[1:]]

    def answered() -> bool:
        to_ns = time.time_ns() // SECOND * SECOND
        window = Window.between(to_ns - HOUR, to_ns, UTC)
        return asked(mine.url, loki, Scope("scraped"), window)["lines_of_code"].value == 7

    with Mine(tmp_path / "mine") as mine:
        assert until(answered, 30)


@pytest.fixture
def refusing(loki: Stub, tmp_path: Path) -> Iterator[tuple[Collector, Scraping]]:
    prometheus = Scraping(tmp_path / "prometheus")
    collector = Collector(tmp_path / "collector", prometheus.url, loki.url)
    prometheus.scrape(collector)
    with prometheus, collector:
        yield collector, prometheus


def test_what_the_collector_refuses_whole_is_told(
    refusing: tuple[Collector, Scraping], loki: Stub
) -> None:
    collector, prometheus = refusing
    json_ = {"Content-Type": "application/json"}
    for path, body, headers, status in (
        ("/v1/logs", b'{"resourceLogs": [{"scopeLogs": 1}]}', json_, 400),
        ("/v1/logs", b"{", json_, 400),
        ("/v1/metrics", b"{}", {"Content-Type": "text/plain"}, 415),
        ("/v1/log", b"{}", json_, 404),
        ("/v1/logs", b"{}", json_, 200),
    ):
        answer = urllib3.request("POST", collector.http + path, body=body, headers=headers)
        assert answer.status == status

    def notes() -> dict[str, tuple[str, ...]]:
        to_ns = time.time_ns() // SECOND * SECOND
        window = Window.between(to_ns - HOUR, to_ns, UTC)
        answers = asked(prometheus.url, loki, Scope(), window)
        return {id: answers[id].notes for id in ("tool_count", "lines_of_code")}

    told = "The collector refused {} in this time, and what they held is lost: {}."
    right = {
        "tool_count": (told.format("3 requests", "2 unreadable, 1 to a wrong path"),),
        "lines_of_code": (
            told.format("2 requests", "1 of an unknown content type, 1 to a wrong path"),
        ),
    }
    assert until(lambda: notes() == right, 30), notes()


def test_a_bar_is_null_before_the_first_record_and_0_behind_it(loki: Stub, tmp_path: Path) -> None:
    with Prometheus(tmp_path) as prometheus:
        for value, age in ((2, 20), (5, 10)):
            metric = "claude_code.active_time.total"
            pushed(prometheus, counted("first", value, NOW - age * MINUTE, None, metric, "s"))
        [(series, _)] = asked(prometheus.url, loki, Scope("first"))["dev_activity"].series
        later = Window.between(NOW - HOUR // 4, NOW, UTC)
        [(all_heard, _)] = asked(prometheus.url, loki, Scope(), later)["dev_activity"].series
    first = NOW - 20 * MINUTE
    assert all((number is None) == (end < first) for end, number in series.points)
    assert sum(number or 0 for _, number in series.points) == 5
    assert None not in [number for _, number in all_heard.points]
