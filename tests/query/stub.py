"""A local server that answers as Loki and an idle Prometheus would, or misbehaves on demand."""

import json
import ssl
import subprocess
import threading
from collections.abc import Callable
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any, Self
from urllib.parse import parse_qs, urlsplit

from ccotel_tui.query.source import Backend
from ccotel_tui.query.stack.backend import open_stack

Json = dict[str, Any]

SERVICE = "claude-code"
LABELS = {"model": "claude-opus-4-8", "session_id": "s", "event_name": "api_request"}
DOLLARS = "1.25"


class Request(BaseHTTPRequestHandler):
    """A question, and the ways to answer it."""

    stub: "Stub"
    protocol_version = "HTTP/1.1"
    wbufsize = -1

    def do_GET(self) -> None:
        self.stub.paths.append(self.path)
        self.stub.headers.append(dict(self.headers))
        self.stub.asked.set()
        self.stub.behave(self)

    do_PUT = do_GET  # noqa: N815

    def say(self, status: int, body: bytes, kind: str = "application/json", **more: str) -> None:
        self.send_response(status)
        self.send_header("Content-Type", kind)
        self.send_header("Content-Length", more.pop("length", str(len(body))))
        for name, value in more.items():
            self.send_header(name.replace("_", "-"), value)
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_: object) -> None:
        pass


Behaviour = Callable[[Request], None]


def well(request: Request) -> None:
    """Every sum is the same, every time the end, every search finds one row.

    Prometheus has nothing. It does not say what its limits are.
    """
    if request.path.endswith("-limits"):
        request.say(404, b"404 page not found")
        return
    request.say(200, json.dumps({"status": "success", "data": data(request.path)}).encode())


def data(target: str) -> Any:
    parsed = urlsplit(target)
    asked = {name: values[0] for name, values in parse_qs(parsed.query).items()}
    if parsed.path.endswith(("/labels", "/values")):
        return [SERVICE] if parsed.path.startswith("/loki") else []
    if not parsed.path.startswith("/loki"):
        return {"resultType": "vector", "result": []}
    if "limit" in asked:
        row = [str(int(asked["end"]) - 1), "claude_code.api_request"]
        return {"resultType": "streams", "result": [{"stream": LABELS, "values": [row]}]}
    at = float(asked.get("time") or asked["end"])
    number = str(at * 1e9) if "unixEpochNanos" in asked["query"] else DOLLARS
    sample = {"metric": LABELS, "value": [at, number]}
    if "step" in asked:
        sample = {"metric": LABELS, "values": [[at, number]]}
    return {"result": [sample]}


class _Quiet(ThreadingHTTPServer):
    daemon_threads = True

    def handle_error(self, *_: object) -> None:
        """A client that has gone is none."""


class Stub:
    """The server; `behave` may be changed while it runs, `released` ends what waits."""

    def __init__(self, port: int = 0, context: ssl.SSLContext | None = None) -> None:
        handler = type("Handler", (Request,), {"stub": self})
        self._server = _Quiet(("127.0.0.1", port), handler)
        if context:
            self._server.socket = context.wrap_socket(self._server.socket, server_side=True)
        self._thread = threading.Thread(target=self._server.serve_forever, args=(0.02,))
        scheme = "https" if context else "http"
        self.port = self._server.server_port
        self.url = f"{scheme}://127.0.0.1:{self.port}"
        self.behave: Behaviour = well
        self.paths: list[str] = []
        self.headers: list[dict[str, str]] = []
        self.asked = threading.Event()
        self.released = threading.Event()

    def backend(self, *headers: tuple[str, str]) -> Backend:
        return open_stack(self.url, self.url, headers)

    def backend_of_two(self, *headers: tuple[str, str]) -> Backend:
        """The same, Prometheus under another name of the host than Loki."""
        return open_stack(f"http://localhost:{self.port}", self.url, headers)

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self.released.set()
        self._server.shutdown()
        self._thread.join()
        self._server.server_close()


def own_certificate(directory: Path) -> ssl.SSLContext:
    """For a stub over TLS: nobody trusts it until SSL_CERT_FILE names `certificate.pem` there."""
    key, certificate = directory / "key.pem", directory / "certificate.pem"
    subprocess.run(
        ["openssl", "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-subj", "/CN=stub",
         "-addext", "subjectAltName=IP:127.0.0.1", "-keyout", key, "-out", certificate],
        check=True, capture_output=True,
    )  # fmt: skip
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(certificate, key)
    return context
