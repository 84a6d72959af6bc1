"""A gateway before a team's servers: paths of its own, and only for who names tenant and token."""

import threading
import urllib.error
import urllib.request
from collections.abc import Mapping
from email.message import Message
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Self

TENANT, TOKEN = "platform", "sesame-and-more"
HEADERS = (f"X-Scope-OrgID: {TENANT}", f"Authorization: Bearer {TOKEN}")


class Gateway:
    """Passes what comes below each prefix on to the server there; counts what it let through."""

    def __init__(self, servers: Mapping[str, str]) -> None:
        """`servers` has the address of a server for each prefix, such as `/tools/loki`."""
        gateway = self
        self.passed = 0

        class Handler(BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def do_GET(self) -> None:
                status, body = gateway.answer(self.path, self.headers)
                self.send_response(status)
                self.send_header("Content-Type", "application/json")
                self.send_header("Content-Length", str(len(body)))
                self.end_headers()
                self.wfile.write(body)

            def log_message(self, *_: object) -> None:
                pass

        self._servers = servers
        self._server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.url = f"http://127.0.0.1:{self._server.server_port}"

    def answer(self, path: str, headers: Message) -> tuple[int, bytes]:
        for header in HEADERS:
            name, value = header.split(": ")
            if headers.get(name) != value:
                return 401, b'{"error": "no such tenant, or no token"}'
        for prefix, url in self._servers.items():
            if path.startswith(f"{prefix}/"):
                self.passed += 1
                try:
                    with urllib.request.urlopen(url + path.removeprefix(prefix)) as answer:
                        return answer.status, answer.read()
                except urllib.error.HTTPError as error:
                    return error.code, error.read()
        return 404, b'{"error": "nothing here"}'

    def __enter__(self) -> Self:
        threading.Thread(target=self._server.serve_forever, daemon=True).start()
        return self

    def __exit__(self, *_: object) -> None:
        self._server.shutdown()
        self._server.server_close()
