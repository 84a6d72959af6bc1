"""From a stack as others have it: its events are carried over, whole."""

import shutil
from contextlib import closing
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
import urllib3
from opentelemetry.proto.collector.logs.v1.logs_service_pb2 import ExportLogsServiceRequest

from ccotel_tui.panels.catalogue import BY_ID
from ccotel_tui.panels.result import answer_panels
from ccotel_tui.query.query import Scope
from ccotel_tui.query.stack.backend import open_stack
from ccotel_tui.query.window import DAY, SECOND, Window
from tests.panels.recordings import moved
from tests.servers.cache import find
from tests.servers.servers import LOCAL, Loki, Prometheus

pytestmark = pytest.mark.servers

THEIR_CONFIGURATION = """
auth_enabled: false
common:
  replication_factor: 1
  ring: {kvstore: {store: inmemory}}
schema_config:
  configs:
    - {from: 2020-10-24, store: tsdb, object_store: filesystem, schema: v13,
       index: {prefix: index_, period: 24h}}
analytics: {reporting_enabled: false}
"""
"""What Loki's image is set to where nobody sets anything."""


class TheirLoki(Loki):
    """A Loki under those settings."""

    @property
    def arguments(self) -> list[str]:
        own = self.directory / "theirs.yaml"
        own.write_text(THEIR_CONFIGURATION)
        _, *rest = super().arguments
        return [f"-config.file={own}", f"-ingester.lifecycler.addr={LOCAL}", *rest]


@pytest.fixture
def theirs(tmp_path: Path) -> tuple[Path, float, int]:
    """The files of their Loki once it has stopped, the dollars in it, and its newest time.

    The first half of the events is in chunks, the other only in its log.
    """
    if not find("loki"):
        pytest.skip("no Loki on this machine: nothing is carried over")
    lines, newest_ns = moved()
    requests = [
        line.request
        for line in sorted(lines, key=lambda line: line.time_ns)
        if isinstance(line.request, ExportLogsServiceRequest)
    ]
    (directory := tmp_path / "theirs").mkdir()
    with TheirLoki(directory) as loki:
        for number, request in enumerate(requests):
            send(loki, request)
            if number == len(requests) // 2:
                assert urllib3.request("POST", f"{loki.url}/flush").status == 204
    assert [*(directory / "data" / "chunks").iterdir()]
    return directory / "data", sum(map(cost, requests)), newest_ns


def send(loki: Loki, request: ExportLogsServiceRequest) -> None:
    """As their collector sends it: with an attribute of its own, and nothing else changed."""
    for resource in request.resource_logs:
        resource.resource.attributes.add(key="environment").value.string_value = "production"
    answer = urllib3.request(
        "POST",
        f"{loki.url}/otlp/v1/logs",
        body=request.SerializeToString(),
        headers={"Content-Type": "application/x-protobuf"},
    )
    assert answer.status in (200, 204), answer.data


def cost(request: ExportLogsServiceRequest) -> float:
    """The dollars of the requests that the client tells."""
    told = 0.0
    for resource in request.resource_logs:
        for scope in resource.scope_logs:
            for record in scope.log_records:
                attributes = {each.key: each.value for each in record.attributes}
                if attributes["event.name"].string_value == "api_request":
                    value = attributes["cost_usd"]
                    told += value.double_value or float(value.string_value or value.int_value)
    return told


def test_their_events_are_carried_over_by_their_files(
    theirs: tuple[Path, float, int], tmp_path: Path
) -> None:
    data, dollars, newest_ns = theirs
    (directory := tmp_path / "ours").mkdir()
    with Loki(directory):
        pass
    shutil.copytree(data, directory / "data", dirs_exist_ok=True)
    window = Window.between(newest_ns - 7 * DAY, newest_ns + SECOND, ZoneInfo("UTC"), DAY)
    panels = [BY_ID[id] for id in ("total_cost", "tool_success", "api_errors")]
    with (
        Prometheus(tmp_path / "prometheus") as prometheus,
        Loki(directory) as loki,
        closing(open_stack(prometheus.url, loki.url)) as backend,
    ):
        answers = answer_panels(panels, backend, window, Scope(), newest_ns)
    values = {id: answer.value for id, answer in answers.items()}
    assert values["total_cost"] == pytest.approx(dollars, abs=1e-6)
    assert None not in values.values()
