"""A stack that is not ours: its counters do not tell when they began, so they are approximate."""

from collections.abc import Iterator

import pytest
import urllib3
from opentelemetry.proto.collector.metrics.v1.metrics_service_pb2 import ExportMetricsServiceRequest

from ccotel_tui.panels.catalogue import PANELS
from ccotel_tui.panels.output.document import panels_document
from ccotel_tui.panels.result import answer_panels
from ccotel_tui.query.query import Scope
from ccotel_tui.query.stack.backend import open_stack
from ccotel_tui.query.window import MINUTE
from tests.accuracy.truth.client import Client
from tests.accuracy.truth.cuts import life
from tests.accuracy.truth.days import at
from tests.accuracy.truth.truth import Truth
from tests.panels.recordings import Recorded
from tests.servers.servers import Prometheus

pytestmark = pytest.mark.servers


@pytest.fixture(scope="module")
def foreign(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Prometheus]:
    """A Prometheus that takes the client's counters without our collector."""
    with Prometheus(tmp_path_factory.mktemp("foreign")) as prometheus:
        yield prometheus


def test_its_counters_are_approximate_and_the_panels_say_so(
    recorded: Recorded, foreign: Prometheus
) -> None:
    truth = Truth()
    client = Client("foreign", "cumulative", truth, logs=False)
    for minute in range(3):
        client.request(at("03:00") + minute * MINUTE, 0.5)
        client.edit(at("03:00") + minute * MINUTE, 3, 1)
        for request in client.export(at("03:00:30") + minute * MINUTE):
            assert isinstance(request, ExportMetricsServiceRequest)
            answer = urllib3.request(
                "POST",
                f"{foreign.url}/api/v1/otlp/v1/metrics",
                body=request.SerializeToString(),
                headers={"Content-Type": "application/x-protobuf"},
            )
            assert answer.status in (200, 204), answer.data
    assert recorded.stack.loki
    backend = open_stack(foreign.url, recorded.stack.loki.url)
    window = life(truth)
    answers = answer_panels(PANELS, backend, window, Scope("foreign"), recorded.newest_ns)
    backend.close()
    told = panels_document(answers, backend.name, window, Scope())["panels"]
    for id, value in (("lines_of_code", 12), ("total_cost", 1.5), ("code_changes", 12)):
        assert told[id]["value"] == value
        assert told[id]["exact"] is False
        assert [note.split(":")[0] for note in told[id]["notes"]] == ["Approximate"]
    # What its counters hold above its events is not to be trusted either.
    assert told["total_cost"]["parts"]["unseen"] is None
    assert told["tool_count"]["exact"] is True
    assert told["tool_count"]["notes"] == []
