"""The whole stack as the other side of a hand-over, and what its servers have of the telemetry.

`make test-handover-docker` prints the table of `make test-handover` for it: the collector's ports
are a container's, each way there is an `up` and each way back a `down`.
"""

import json
import re
import shutil
import sys
from base64 import b64decode
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from functools import partial
from itertools import count
from pathlib import Path
from threading import Event
from urllib.parse import urlencode

from ccotel_tui.stack_control.models import Handover
from tests.recorder.campaigns.handover import WITHIN, Make, main
from tests.recorder.client import Key
from tests.recorder.sink import events
from tests.servers.cache import find
from tests.servers.servers import read, until
from tests.stack.daemon import Daemon, directory
from tests.stack.images import load
from tests.stack.project import Project, ignore

_NUMBERS = count(1)
_RANGE = "[1d]"


class Containers:
    """A stack of its own; each stop is a `down`, its volumes stay."""

    def __init__(self, url: str, directory: Path, grpc: str, http: str) -> None:
        self.project = Project(f"handover{next(_NUMBERS)}", url, directory)
        for name, address in (("OTLP_GRPC", grpc), ("OTLP_HTTP", http)):
            self.project.variables[f"CCOTEL_{name}_PORT"] = address.split(":")[1]

    def start(self, handover: Handover) -> None:
        self.project.up(handover)

    def stop(self) -> None:
        self.project.stack.down(ignore, Event())

    def kept(self) -> Counter[Key]:
        """What the collector's queue on the disk still holds is exported first."""
        self.project.up()
        empty = until(lambda: self._waiting() == 0, WITHIN)
        assert empty, "the collector's queue does not empty"
        # Its end is after the answer to what it has taken from the queue.
        self.project.stack.stop(ignore, Event(), ["otel-collector"])
        found = self._points() + self._events()
        self.project.clean()
        return found

    def _waiting(self) -> float:
        """Requests in the queues. The port that tells it is not published."""
        address = self.project.docker(
            "inspect",
            "--format={{range .NetworkSettings.Networks}}{{.IPAddress}}{{end}}",
            self.project.ids()["otel-collector"],
        )
        told = read(f"http://{address}:8888/metrics")
        sizes = re.findall(r"^otelcol_exporter_queue_size\S* (\S+)", told, re.MULTILINE)
        return sum(map(float, sizes))

    def _points(self) -> Counter[Key]:
        query = (
            "sum by (session_id, type) "
            f"(max_over_time(claude_code_lines_of_code_count_total{_RANGE}))"
        )
        address = f"http://127.0.0.1:{self.project.ports['PROMETHEUS']}/api/v1/query"
        return _counted(address, query, "point", "type")

    def _events(self) -> Counter[Key]:
        address = f"http://127.0.0.1:{self.project.ports['LOKI']}"
        if not find("loki"):
            bodies = read(f"{address}/kept").split()
            return Counter(key for body in bodies for key in events(b64decode(body)))
        query = (
            "sum by (session_id, event_sequence) "
            f'(count_over_time({{service_name="claude-code"}}{_RANGE}))'
        )
        return _counted(f"{address}/loki/api/v1/query", query, "event", "event_sequence")


def _counted(address: str, query: str, kind: str, label: str) -> Counter[Key]:
    """The value of each series of an instant query."""
    told = json.loads(read(f"{address}?{urlencode({'query': query})}"))
    found: Counter[Key] = Counter()
    for one in told["data"]["result"]:
        labels = one["metric"]
        found[labels["session_id"], kind, int(labels[label])] = int(float(one["value"][1]))
    return found


@contextmanager
def containers() -> Iterator[Make]:
    """An engine of their own, for as long as the block."""
    place = directory()
    try:
        with Daemon(place) as daemon:
            load(daemon.url)
            yield partial(Containers, daemon.url)
    finally:
        shutil.rmtree(place, ignore_errors=True)


if __name__ == "__main__":
    with containers() as whole_stack:
        sys.exit(main(whole_stack))
