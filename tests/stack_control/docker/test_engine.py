"""Replies of an engine that are no answer."""

import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest

from ccotel_tui.stack_control.docker.engine import Engine
from ccotel_tui.stack_control.docker.host import DockerHost


class _Ending(BaseHTTPRequestHandler):
    """An engine whose container ends in the middle of its statistics: it says nothing of them."""

    def do_GET(self) -> None:
        body = b"" if "stats" in self.path else b'{"ApiVersion": "1.41", "MinAPIVersion": "1.24"}'
        self.send_response(200)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_: object) -> None:
        pass


@pytest.fixture
def engine() -> Iterator[Engine]:
    with ThreadingHTTPServer(("127.0.0.1", 0), _Ending) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        connected = Engine(DockerHost(f"tcp://127.0.0.1:{server.server_port}", "the test"))
        yield connected
        connected.close()
        server.shutdown()


def test_a_container_that_ends_has_no_statistics_and_is_no_fault_of_the_engine(
    engine: Engine,
) -> None:
    assert engine.stats("ended") == {}
