"""A Prometheus of somebody's own that scrapes the collector, and keeps its own job and instance."""

import json
import time
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from urllib.parse import urlencode
from zoneinfo import ZoneInfo

import pytest

from ccotel_tui.panels.catalogue import BY_ID
from ccotel_tui.panels.result import answer_panels
from ccotel_tui.query.query import Scope
from ccotel_tui.query.stack.backend import open_stack
from ccotel_tui.query.window import HOUR, Window
from ccotel_tui.send.replay import Line, send
from tests.query.stub import Stub, well
from tests.servers.servers import LOCAL, Collector, Prometheus, free_port, read, until
from tests.tools.otlp import SECOND, lines, metrics_request

pytestmark = pytest.mark.servers

_WITHIN = 60.0


@pytest.fixture
def scraping(tmp_path: Path) -> Iterator[tuple[Collector, Prometheus]]:
    nobody = f"http://{LOCAL}:{free_port()}"
    collector = Collector(tmp_path / "collector", nobody, nobody)
    target = collector.exporter_url.removeprefix("http://").split("/")[0]
    config = tmp_path / "prometheus.yml"
    config.write_text(
        "scrape_configs:\n"
        f"- {{job_name: mine, scrape_interval: 1s, static_configs: [{{targets: ['{target}']}}]}}\n"
    )
    with collector, Prometheus(tmp_path / "prometheus", config) as prometheus:
        yield collector, prometheus


def series(prometheus: Prometheus) -> list[dict[str, str]]:
    """The counters of the client that are there."""
    query = urlencode({"query": '{__name__=~"claude_code_.+"}'})
    found = json.loads(read(f"{prometheus.url}/api/v1/query?{query}"))
    return [one["metric"] for one in found["data"]["result"]]


def test_counters_whose_job_was_renamed_are_read(
    scraping: tuple[Collector, Prometheus],
) -> None:
    collector, prometheus = scraping
    now_ns = time.time_ns()
    points = [
        lines(number, now_ns, now_ns - HOUR // 2, session, cumulative=True)
        for session, number in (("one", 7.0), ("other", 5.0))
    ]
    send([Line(metrics_request(point), now_ns) for point in points], collector.grpc)
    assert until(lambda: len(series(prometheus)) == 2, _WITHIN)
    assert {one["exported_job"] for one in series(prometheus)} == {"claude-code"}
    with Stub() as loki:
        loki.behave = well
        with closing(open_stack(prometheus.url, loki.url)) as backend:
            to_ns = time.time_ns() + SECOND
            window = Window.between(to_ns - HOUR, to_ns, ZoneInfo("UTC"))
            for session, number in (("", 12.0), ("one", 7.0)):
                panels = [BY_ID["lines_of_code"]]
                answers = answer_panels(panels, backend, window, Scope(session), to_ns)
                answer = answers["lines_of_code"]
                assert (answer.state, answer.value, answer.exact) == ("value", number, True)
