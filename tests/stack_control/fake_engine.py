"""An engine of the tests' own that has no images, gives them, and tells who asked."""

import base64
import json
import re
import ssl
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from socketserver import ThreadingMixIn, UnixStreamServer
from typing import Self
from urllib.parse import parse_qs, urlsplit

DENIED = "pull access denied for a, repository does not exist or may require 'docker login': denied"


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
        asked = parse_qs(urlsplit(self.path).query)
        image = f"{asked['fromImage'][0]}:{asked['tag'][0]}"
        login = json.loads(base64.urlsafe_b64decode(self.headers["X-Registry-Auth"]))
        self.engine.logins[image] = login
        if self.engine.silent:
            self.engine.asked.set()
            self.engine.released.wait()
        elif self.engine.private and not login:
            self.answer(404, {"message": DENIED})
        else:
            self.engine.pulled.add(image)
            self.answer(200, {"status": "Pull complete", "id": "layer"})

    def answered(self) -> bool:
        """Give the answer that a test has set for this call, if it has set one."""
        call = f"{self.command} {re.sub(r'^/v[0-9.]+', '', urlsplit(self.path).path)}"
        if call not in self.engine.answers:
            return False
        self.engine.calls.append(call)
        self.rfile.read(int(self.headers["Content-Length"] or 0))
        self.answer(200, self.engine.answers[call])
        return True

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


class FakeEngine:
    """On a socket in the folder, or on a port of 127.0.0.1 with `context` for TLS or None.

    `private` images need a login; a `silent` one never answers a pull, until it is released.
    `answers` holds JSON or bytes by call, such as "GET /containers/json"; `calls` lists the calls
    that were answered so.
    """

    def __init__(
        self, folder: Path, tcp: bool = False, context: ssl.SSLContext | None = None
    ) -> None:
        self.private = self.silent = False
        self.version: tuple[int, object] = (200, {"ApiVersion": "1.41"})
        self.asked, self.released = threading.Event(), threading.Event()
        self.logins: dict[str, dict[str, str]] = {}
        self.pulled: set[str] = set()
        self.targets: list[str] = []
        self.answers: dict[str, object] = {}
        self.calls: list[str] = []
        self.authorizations: set[str | None] = set()
        handler = type("Handler", (_Handler,), {"engine": self})
        self._server: ThreadingHTTPServer | _UnixServer
        if tcp:
            self._server = ThreadingHTTPServer(("127.0.0.1", 0), handler)
            self.port = self._server.server_port
            self.url = f"tcp://127.0.0.1:{self.port}"
        else:
            path = folder / "engine.sock"
            self._server = _UnixServer(str(path), handler)
            self.url = f"unix://{path}"
        if context:
            self._server.socket = context.wrap_socket(self._server.socket, server_side=True)
        self._thread = threading.Thread(target=self._server.serve_forever, args=(0.02,))

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self.released.set()
        self._server.shutdown()
        self._thread.join()
        self._server.server_close()
