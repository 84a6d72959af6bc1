"""A recorder in a process of its own, on free ports, as a user would have it."""

import re
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path


@dataclass
class Recorder:
    """`grpc` and `http` are host:port; `said` the line it printed when it listened."""

    process: subprocess.Popen[str]
    said: str

    @property
    def grpc(self) -> str:
        return self._address("gRPC")

    @property
    def http(self) -> str:
        return self._address("HTTP")

    def _address(self, form: str) -> str:
        found = re.search(rf"{form} ([\d.]+:\d+)", self.said)
        assert found, self.said
        return found[1]


@contextmanager
def recorder(database: Path, *options: str) -> Iterator[Recorder]:
    """A recorder that listens; it is ended with SIGTERM unless it has ended already."""
    command = [sys.executable, "-m", "ccotel_tui", "record", "--db", str(database)]
    ports = ["--otlp-grpc", "127.0.0.1:0", "--otlp-http", "127.0.0.1:0"]
    with subprocess.Popen(
        [*command, *ports, *options],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
    ) as process:
        assert process.stdout is not None
        try:
            yield Recorder(process, process.stdout.readline())
        finally:
            process.terminate()
