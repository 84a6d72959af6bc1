"""What the collector drops is told where its numbers would be."""

import time
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest

from ccotel_tui.panels.catalogue import PANELS
from ccotel_tui.panels.result import answer_panels
from ccotel_tui.query.query import Scope
from ccotel_tui.query.source import Backend
from ccotel_tui.query.stack.backend import open_stack
from ccotel_tui.query.window import HOUR, MINUTE, Window
from ccotel_tui.send.replay import Line, send
from ccotel_tui.telemetry.encode import metrics_request
from tests.panels.recordings import Recorded
from tests.servers.servers import LOCAL, STACK, Collector, Prometheus, until
from tests.tools.otlp import SECOND, lines

pytestmark = pytest.mark.servers

TARGETS = '["otel-collector:8888", "prometheus:9090", "loki:3100"]'


class Scraping(Prometheus):
    """Prometheus as it is shipped, but that it looks at a collector of ours, each second."""

    def __init__(self, directory: Path) -> None:
        super().__init__(directory, directory / "prometheus.yml")

    def scrape(self, collector: Collector) -> None:
        shipped = (STACK / "prometheus.yml").read_text()
        assert TARGETS in shipped
        assert "scrape_interval: 15s" in shipped
        here = shipped.replace(TARGETS, f'["{LOCAL}:{collector.telemetry_port}"]')
        self.config.write_text(here.replace("scrape_interval: 15s", "scrape_interval: 1s"))


@pytest.fixture
def stack(recorded: Recorded, tmp_path: Path) -> Iterator[tuple[Collector, Backend]]:
    assert recorded.stack.loki
    prometheus = Scraping(tmp_path / "prometheus")
    collector = Collector(tmp_path / "collector", prometheus.url, recorded.stack.loki.url)
    prometheus.scrape(collector)
    with (
        prometheus,
        collector,
        closing(open_stack(prometheus.url, recorded.stack.loki.url)) as backend,
    ):
        yield collector, backend


def test_points_that_come_out_of_order(stack: tuple[Collector, Backend]) -> None:
    collector, backend = stack
    now_ns = time.time_ns() // SECOND * SECOND

    def recent() -> Window:
        to_ns = time.time_ns() // SECOND * SECOND
        return Window.between(to_ns - HOUR, to_ns, ZoneInfo("UTC"))

    taken = [lines(3, now_ns - at * SECOND, now_ns - (at + 10) * SECOND) for at in (70, 50)]
    # One begins before the stream does, one ends before what was there.
    dropped = [
        lines(5, now_ns - 2 * MINUTE, now_ns - 3 * MINUTE),
        lines(7, now_ns - 55 * SECOND, now_ns - 60 * SECOND),
    ]
    for point in taken:
        send([Line(metrics_request([point]), point.time_ns)], collector.grpc)
    assert until(lambda: collector.count("otelcol_deltatocumulative_datapoints") == 2, 20)
    assert backend.diagnostics.dropped_records(recent()) == {"counters": 0, "events": 0}
    for point in dropped:
        send([Line(metrics_request([point]), point.time_ns)], collector.grpc)
    assert until(lambda: backend.diagnostics.dropped_records(recent())["counters"] == 2, 30)
    window = recent()
    answers = answer_panels(PANELS, backend, window, Scope(), window.to_ns)
    assert answers["lines_of_code"].value == 6
    for id, answer in answers.items():
        told = any("dropped 2 points" in note for note in answer.notes)
        assert told == (id in ("lines_of_code", "code_changes", "dev_activity"))
