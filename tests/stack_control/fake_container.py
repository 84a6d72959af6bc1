"""A container of the fake engine: it has its published ports, and answers everything with 200.

Those of the images END, EAT and MUTE end, run out of memory, and answer nothing.
"""

import struct
import threading
from dataclasses import dataclass, field
from datetime import UTC, datetime
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from socketserver import BaseRequestHandler
from typing import Any

from tests.stack.images import EAT, END, MUTE


class EngineError(Exception):
    """Status and message of an answer that is an error."""


class _Page(BaseHTTPRequestHandler):
    def do_GET(self) -> None:
        self.rfile.read(int(self.headers["Content-Length"] or 0))
        self.send_response(200)
        self.send_header("Content-Length", "0")
        self.end_headers()

    def do_POST(self) -> None:
        self.do_GET()

    def do_PUT(self) -> None:
        self.do_GET()

    def log_message(self, *_: object) -> None:
        pass


class _PublishedPort(ThreadingHTTPServer):
    """One that is `mute` takes connections and ends them, as Docker's proxy does."""

    def __init__(self, host: str, port: int, mute: bool) -> None:
        super().__init__((host, port), BaseRequestHandler if mute else _Page)
        self._thread = threading.Thread(target=self.serve_forever, args=(0.02,))
        self._thread.start()

    def close(self) -> None:
        self.shutdown()
        self._thread.join()
        self.server_close()


@dataclass
class FakeContainer:
    """`body` is what it was created with; `networks` are its endpoints by the network's name."""

    id: str
    name: str
    body: dict[str, Any]
    networks: dict[str, dict[str, Any]]
    state: str = "created"
    started: datetime = datetime(1, 1, 1, tzinfo=UTC)
    exit_code: int = 0
    restarts: int = 0
    out_of_memory: bool = False
    lines: list[tuple[datetime, str]] = field(default_factory=list)
    ports: list[_PublishedPort] = field(default_factory=list)

    @property
    def labels(self) -> dict[str, str]:
        return self.body.get("Labels") or {}

    def start(self) -> None:
        """Raises EngineError where a port is taken."""
        image = self.body["Image"]
        self.started, self.restarts = datetime.now(UTC), 0
        self._listen(mute=image in (END, EAT, MUTE))
        self.write(f"{self.name} starts")
        if image == END:
            self.exit_code, self.restarts = 3, 3
            self.write("\x1b[31mno such setting\x1b[0m: retention")
        self.out_of_memory = image == EAT
        self.state = "restarting" if image in (END, EAT) else "running"

    def end(self, exit_code: int = 0) -> None:
        self.free_ports()
        if self.state != "created":
            self.state, self.exit_code = "exited", self.exit_code or exit_code

    def write(self, line: str) -> None:
        """Write a line into its log."""
        self.lines.append((datetime.now(UTC), line))

    def free_ports(self) -> None:
        for port in self.ports:
            port.close()
        self.ports = []

    def framed_lines(self, tail: str, since_s: float) -> bytes:
        lines = [line for line in self.lines if line[0].timestamp() >= since_s]
        if tail != "all":
            lines = lines[max(0, len(lines) - int(tail)) :]
        return b"".join(framed(*line) for line in lines)

    def listed(self) -> dict[str, Any]:
        return {
            "Id": self.id,
            "Names": [f"/{self.name}"],
            "Labels": self.labels,
            "State": self.state,
            "ImageID": f"id of {self.body['Image']}",
            "NetworkSettings": {"Networks": self.networks},
            "Ports": [{"PublicPort": port.server_port} for port in self.ports],
        }

    def inspected(self) -> dict[str, Any]:
        host = self.body["HostConfig"]
        return {
            "State": {
                "Status": self.state,
                "StartedAt": self.started.isoformat(),
                "ExitCode": self.exit_code,
                "OOMKilled": self.out_of_memory,
            },
            "RestartCount": self.restarts,
            "NetworkSettings": {
                "Networks": self.networks,
                "Ports": host["PortBindings"] if self.ports else {},
            },
            "Config": {**self.body, "Tty": False},
            "HostConfig": host,
            "Mounts": [
                {
                    "Type": mount["Type"],
                    "Source": mount["Source"],
                    "Destination": mount["Target"],
                    "RW": not mount["ReadOnly"],
                }
                for mount in host.get("Mounts", ())
            ],
        }

    def _listen(self, mute: bool) -> None:
        for bindings in self.body["HostConfig"]["PortBindings"].values():
            for at in bindings:
                try:
                    self.ports.append(_PublishedPort(at["HostIp"], int(at["HostPort"]), mute))
                except OSError as error:
                    self.free_ports()
                    raise EngineError(
                        500,
                        "driver failed programming external connectivity: failed to bind host "
                        f"port {at['HostIp']}:{at['HostPort']}/tcp: address already in use",
                    ) from error


def framed(at: datetime, line: str) -> bytes:
    """A line of the standard error as the engine multiplexes it, with its time before it."""
    text = f"{at.replace(tzinfo=None).isoformat()}Z {line}\n".encode()
    return struct.pack(">BxxxI", 2, len(text)) + text
