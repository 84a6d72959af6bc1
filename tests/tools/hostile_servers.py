"""Servers and processes whose every word would command a terminal."""

import json
import subprocess
import sys
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

from tests.tools.hostile import EVIL, WORD

Answer = tuple[int, bytes]
"""Status and body."""

_HEAD = (
    b"HTTP/1.1 %d "
    + WORD.replace("\r\n", "").encode()
    + b"\r\nX-Evil: \x1b[2J\x9b\r\nConnection: close\r\nContent-Length: %d\r\n\r\n"
)


@contextmanager
def answering(answer: Callable[[str], Answer]) -> Iterator[str]:
    """A server that answers so to each path, with a hostile reason and header; its host:port."""

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            status, body = answer(self.path.partition("?")[0])
            self.wfile.write(_HEAD % (status, len(body)) + body)

        def __getattr__(self, name: str) -> object:
            """Every method is answered so."""
            if name.startswith("do_"):
                return self.do_GET
            raise AttributeError(name)

        def log_message(self, *_: object) -> None:
            pass

    with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as server:
        threading.Thread(target=server.serve_forever, args=(0.02,)).start()
        try:
            yield f"127.0.0.1:{server.server_port}"
        finally:
            server.shutdown()


def docker(path: str) -> Answer:
    """An engine with one container, whose name, image, address and log are hostile."""
    labels = {"com.docker.compose.project": "ccotel-tui", "com.docker.compose.service": "loki"}
    listed = {
        "Id": "abc",
        "Names": [f"/{EVIL}"],
        "Name": EVIL,
        "State": "exited",
        "ImageID": EVIL,
        "Labels": labels,
        "NetworkSettings": {"Networks": {}},
    }
    inspected = {
        **listed,
        "State": {"Status": "exited", "StartedAt": EVIL, "ExitCode": 1, "OOMKilled": False},
        "RestartCount": 0,
        "Config": {"Image": EVIL, "Tty": True},
        "NetworkSettings": {"Ports": {"1/tcp": [{"HostIp": EVIL, "HostPort": EVIL}]}},
    }
    log = b"2026-11-24T04:10:00.000000000Z " + EVIL.replace("\n", "").encode() + b"\x9b\xff\n"
    if path.endswith("/logs"):
        return 200, log
    answers: dict[str, object] = {
        "/version": {"ApiVersion": "1.41"},
        "/containers/json": [listed],
        "/containers/abc/json": inspected,
        "/networks": [listed],
        "/volumes": {"Volumes": [listed]},
    }
    found = next((body for end, body in answers.items() if path.endswith(end)), None)
    if found is None:
        return 500, json.dumps({"message": EVIL}).encode()
    return 200, json.dumps(found).encode()


@contextmanager
def listening(name: bytes) -> Iterator[tuple[str, int]]:
    """A process of that name which listens on a port: host:port and its id. Linux only."""
    code = (
        "import socket, sys, time\n"
        "open('/proc/self/comm', 'wb').write(bytes.fromhex(sys.argv[1]))\n"
        "with socket.create_server(('127.0.0.1', 0)) as server:\n"
        "    print(server.getsockname()[1], flush=True)\n"
        "    time.sleep(600)\n"
    )
    with subprocess.Popen(
        [sys.executable, "-c", code, name.hex()], stdout=subprocess.PIPE
    ) as process:
        assert process.stdout is not None
        try:
            yield f"127.0.0.1:{int(process.stdout.readline())}", process.pid
        finally:
            process.kill()
