"""Images FROM scratch: the servers' real binaries, and a stand-in where there is none."""

import io
import json
import os
import subprocess
import tarfile
from pathlib import Path

from docker import APIClient

from tests.servers.cache import CACHE, find
from tests.servers.servers import ServerError

SERVE = "ccotel-test/serve:1"
END = "ccotel-test/end:1"
EAT = "ccotel-test/eat:1"
MUTE = "ccotel-test/mute:1"
TALK = "ccotel-test/talk:1"

_SERVERS = {
    "otel/opentelemetry-collector-contrib:0.159.0": "otelcol",
    "prom/prometheus:v3.14.0": "prometheus",
    "grafana/loki:3.7.6": "loki",
}
_STAND_INS = {
    "grafana/grafana:13.2.3": ["grafana"],
    SERVE: ["serve"],
    END: ["end", "3"],
    EAT: ["eat"],
    MUTE: ["mute"],
    TALK: ["talk"],
}


def load(url: str) -> None:
    """Make every image on this engine. Raises ServerError where a server is not built."""
    client = APIClient(base_url=url, version="auto")
    binary = stand_in()
    for image, server in _SERVERS.items():
        if real := find(server):
            _import(client, image, real, [])
        elif server == "loki":  # no package registry has it: what takes its place keeps bodies
            _import(client, image, binary, ["keep", "3100", "/loki/bodies"])
        else:
            raise ServerError(f"{server} is not built: run make test-stack")
    for image, words in _STAND_INS.items():
        _import(client, image, binary, words)
    client.close()


def packed(binary: Path) -> bytes:
    """A root file system with this one program, as a tar file."""
    tarred = io.BytesIO()
    with tarfile.open(fileobj=tarred, mode="w") as tar:
        tar.add(binary, "server")
    return tarred.getvalue()


def stand_in() -> Path:
    """The stand-in's binary, built if it has changed."""
    built = CACHE / "stand-in"
    CACHE.mkdir(parents=True, exist_ok=True)
    subprocess.run(
        ["go", "build", "-trimpath", "-ldflags=-s -w", "-o", built, "."],
        cwd=Path(__file__).parent / "stand_in",
        env={**os.environ, "CGO_ENABLED": "0"},
        check=True,
    )
    return built


def _import(client: APIClient, image: str, binary: Path, words: list[str]) -> None:
    repository, tag = image.rsplit(":", 1)
    entry = f"ENTRYPOINT {json.dumps(['/server', *words])}"
    client.import_image_from_data(packed(binary), repository, tag, [entry])
