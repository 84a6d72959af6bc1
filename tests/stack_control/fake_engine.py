"""A Docker engine of the tests' own: it gives images, runs fake containers, tells who asked."""

import base64
import json
import re
import ssl
import threading
from collections.abc import Iterator
from contextlib import suppress
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from socketserver import ThreadingMixIn, UnixStreamServer
from typing import Self
from urllib.parse import parse_qs, urlsplit

from tests.stack_control.fake_container import EngineError
from tests.stack_control.fake_project import FakeProject

DENIED = "pull access denied for a, repository does not exist or may require 'docker login': denied"


PULL: list[dict[str, object]] = [
    {"status": "Pulling from a", "id": "1"},
    {"status": "Pulling fs layer", "id": "base"},
    {"status": "Pulling fs layer", "id": "top"},
    {"status": "Already exists", "id": "base"},
    {"status": "Downloading", "id": "top", "progressDetail": {"current": 5_000, "total": 9_000}},
    {"status": "Pull complete", "id": "top"},
]
"""The messages of each pull."""


VERSION = {
    "ApiVersion": "1.41",
    "Version": "28.0.0",
    "Os": "linux",
    "Components": [{"Name": "Engine", "Version": "28.0.0"}],
}


class _Handler(BaseHTTPRequestHandler):
    engine: "FakeEngine"

    def do_GET(self) -> None:
        self.engine.targets.append(self.path)
        self.engine.authorizations.add(self.headers["Authorization"])
        if self.answered():
            return
        name = self.path.partition("/images/")[2].removesuffix("/json")
        if name in self.engine.pulled:
            self.answer(200, {"Id": f"id of {name}"})
        elif name:
            self.answer(404, {"message": "No such image"})
        else:
            self.answer(*self.engine.version)

    def do_POST(self) -> None:
        if self.answered():
            return
        query = parse_qs(urlsplit(self.path).query)
        image = f"{query['fromImage'][0]}:{query['tag'][0]}"
        login = json.loads(base64.urlsafe_b64decode(self.headers["X-Registry-Auth"]))
        self.engine.logins[image] = login
        if self.engine.silent:
            self.engine.asked.set()
            self.engine.released.wait()
        elif self.engine.private and not login:
            self.answer(404, {"message": DENIED})
        else:
            self.engine.pulled.add(image)
            self.stream(json.dumps(message).encode() for message in PULL)

    def do_DELETE(self) -> None:
        if not self.answered():
            self.answer(404, {"message": "page not found"})

    def answered(self) -> bool:
        """Answer as the test has set it for this call, or as the project does; False for others."""
        url = urlsplit(self.path)
        call = f"{self.command} {re.sub(r'^/v[0-9.]+', '', url.path)}"
        body = self.rfile.read(int(self.headers["Content-Length"] or 0))
        if call in self.engine.answers:
            self.answer(200, self.engine.answers[call])
            return True
        try:
            answer = self.engine.project.answer(call, url.query, body)
        except EngineError as error:
            answer = (error.args[0], {"message": error.args[1]})
        if answer is None:
            return False
        if isinstance(answer, tuple):
            self.answer(*answer)
        else:
            self.stream(answer)
        return True

    def stream(self, chunks: Iterator[bytes]) -> None:
        self.send_response(200)
        self.send_header("Transfer-Encoding", "chunked")
        self.end_headers()
        with suppress(ConnectionError):
            for chunk in chunks:
                self.wfile.write(b"%x\r\n%b\r\n" % (len(chunk), chunk))
            self.wfile.write(b"0\r\n\r\n")

    def answer(self, status: int, body: object) -> None:
        text = body if isinstance(body, bytes) else json.dumps(body).encode()
        self.send_response(status)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(text)))
        self.end_headers()
        self.wfile.write(text)

    def address_string(self) -> str:
        return "a socket"

    def log_message(self, *_: object) -> None:
        pass


class _UnixServer(ThreadingMixIn, UnixStreamServer):
    daemon_threads = True
    request_queue_size = 128
    """A connection beyond it is refused at once, and the threads of a stack make many."""


class FakeEngine:
    """On a socket in the folder, or on a port of 127.0.0.1 with `context` for TLS or None.

    `private` images need a login; a `silent` one never answers a pull, until it is released.
    `answers` holds JSON or bytes by call, such as "GET /containers/json", in place of what
    `project` would answer.
    """

    def __init__(
        self, folder: Path, tcp: bool = False, context: ssl.SSLContext | None = None
    ) -> None:
        self._path = folder / "engine.sock"
        self.private = self.silent = False
        self.version: tuple[int, object] = (200, VERSION)
        self.asked, self.released = threading.Event(), threading.Event()
        self.logins: dict[str, dict[str, str]] = {}
        self.pulled: set[str] = set()
        self.targets: list[str] = []
        self.answers: dict[str, object] = {}
        self.project = FakeProject()
        self.authorizations: set[str | None] = set()
        handler = type("Handler", (_Handler,), {"engine": self})
        self._server: ThreadingHTTPServer | _UnixServer
        if tcp:
            self._server = ThreadingHTTPServer(("127.0.0.1", 0), handler)
            self.port = self._server.server_port
            self.url = f"tcp://127.0.0.1:{self.port}"
        else:
            self._server = _UnixServer(str(self._path), handler)
            self.url = f"unix://{self._path}"
        if context:
            self._server.socket = context.wrap_socket(self._server.socket, server_side=True)
        self._thread = threading.Thread(target=self._server.serve_forever, args=(0.02,))

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self.stop()

    def stop(self) -> None:
        """End it, and leave nothing: another may come in its place."""
        self.released.set()
        self.project.close()
        self._server.shutdown()
        self._thread.join()
        self._server.server_close()
        self._path.unlink(missing_ok=True)
