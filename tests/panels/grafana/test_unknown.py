"""Records without a session, and of one with a hostile id, under the boards' variables."""

import time
from collections.abc import Iterator

import pytest

from ccotel_tui.query.query import Scope
from ccotel_tui.query.window import MINUTE, SECOND
from ccotel_tui.send.replay import Line
from tests.panels.grafana.test_queries import Servers, compared
from tests.panels.recordings import sent
from tests.tools.otlp import lines, logs_request, metrics_request, request

pytestmark = pytest.mark.servers

HOSTILE = "a`b\n$__range \\ \"'${model:pipe}"
SCOPES = {"everything": Scope(), "none": Scope("unknown"), "hostile": Scope(HOSTILE)}
DOLLARS = {"everything": 3.5, "none": 1.0, "hostile": 2.5}


@pytest.fixture(scope="module")
def servers(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Servers]:
    at = time.time_ns() // MINUTE * MINUTE - 5 * MINUTE
    events = [request(1.0, at, ""), request(2.5, at, HOSTILE)]
    points = [lines(10, at + SECOND, at, ""), lines(25, at + SECOND, at, HOSTILE)]
    del events[0].attributes["session.id"], points[0].attributes["session.id"]
    requests = [Line(logs_request(*events), at), Line(metrics_request(*points), at)]
    with sent(requests, at + SECOND, tmp_path_factory.mktemp("stack")) as recorded:
        servers = Servers(recorded)
        yield servers
        servers.http.close()


@pytest.mark.parametrize("name", SCOPES)
def test_they_count_where_they_are_meant(servers: Servers, name: str) -> None:
    window = servers.window("a day")
    for panel, of_a_dollar in (("total_cost", 1), ("lines_of_code", 10)):
        answer = compared(servers, f"stat {panel}", window, SCOPES[name])
        assert answer.value == DOLLARS[name] * of_a_dollar
