"""Loki's volume is full: its events wait in the collector's queue, and come when there is room."""

import os
import subprocess
import time
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest

from ccotel_tui.panels.catalogue import BY_ID
from ccotel_tui.panels.result import answer_panels
from ccotel_tui.query.query import Scope
from ccotel_tui.query.stack.backend import open_stack
from ccotel_tui.query.window import MILLISECOND, MINUTE, SECOND, Window
from ccotel_tui.send import replay
from ccotel_tui.send.replay import Line
from ccotel_tui.telemetry.records import Event
from tests.servers.servers import Stack, until
from tests.tools.otlp import logs_request, request

pytestmark = pytest.mark.servers

_LOKI = 'exporter="otlp_http/loki"'
_SOON = 120.0


@pytest.fixture
def volume(tmp_path: Path) -> Iterator[Path]:
    """A file system of 8 MiB."""
    place = tmp_path / "loki"
    place.mkdir()
    mount = ["mount", "-t", "tmpfs", "-o", "size=8m", "tmpfs", str(place)]
    if os.geteuid() or subprocess.run(mount, capture_output=True).returncode:
        pytest.skip("no right to mount a small file system: a full volume is not tried")
    yield place
    subprocess.run(["umount", "--lazy", place], check=True)


def test_what_came_while_it_was_full_is_there_when_it_is_not(volume: Path) -> None:
    with Stack(volume.parent) as stack:
        if stack.loki is None:
            pytest.skip("no Loki on this machine: its full volume is not tried")
        now_ns = time.time_ns() // SECOND * SECOND
        fill = volume / "fill"
        fill.write_bytes(bytes(os.statvfs(volume).f_bavail * os.statvfs(volume).f_frsize))
        sent: list[Event] = []

        def some_wait() -> bool:
            """Send one more: until Loki looks at its volume, it takes what comes."""
            sent.append(request(0.5, now_ns - len(sent) * MILLISECOND, sequence=len(sent)))
            replay.send([Line(logs_request(sent[-1]), sent[-1].time_ns)], stack.collector.grpc)
            return stack.collector.count("otelcol_exporter_queue_size", _LOKI) > 2

        assert until(some_wait, _SOON)
        fill.unlink()
        stack.settle()
        window = Window.between(now_ns - MINUTE, now_ns, ZoneInfo("UTC"))
        with closing(open_stack(stack.prometheus.url, stack.loki.url)) as backend:
            panel = BY_ID["total_cost"]
            [answer] = answer_panels([panel], backend, window, Scope(), now_ns).values()
        # One whose log was full takes minutes to end by itself.
        stack.loki.kill()
    assert answer.value == 0.5 * len(sent)
