"""Images FROM scratch: the servers' real binaries, and a stand-in where there is none."""

import io
import os
import subprocess
import tarfile
from pathlib import Path

from docker import APIClient

from tests.servers.cache import CACHE, find
from tests.servers.servers import ServerError

STAND_IN = "ccotel-test/stand-in:1"
IMAGES = {
    "otel/opentelemetry-collector-contrib:0.159.0": ("otelcol", "otelcol-contrib"),
    "prom/prometheus:v3.14.0": ("prometheus", "prometheus"),
    "grafana/loki:3.7.6": ("loki", "loki"),
    "grafana/grafana:13.2.3": ("", "grafana"),
    STAND_IN: ("", "stand-in"),
}


def load(url: str) -> None:
    """Make every image on this engine. Raises ServerError where a server is not built."""
    client = APIClient(base_url=url, version="auto")
    stand_in = _stand_in()
    for image, (server, name) in IMAGES.items():
        binary = find(server) if server else stand_in
        if binary is None:
            # No package registry has Loki's: what takes its place answers, and keeps nothing.
            if server != "loki":
                raise ServerError(f"{server} is not built: run make test-stack")
            binary = stand_in
        repository, tag = image.rsplit(":", 1)
        client.import_image_from_data(
            _tar(binary, name), repository, tag, [f'ENTRYPOINT ["/bin/{name}"]']
        )
    client.close()


def _tar(binary: Path, name: str) -> bytes:
    packed = io.BytesIO()
    with tarfile.open(fileobj=packed, mode="w") as tar:
        tar.add(binary, f"bin/{name}")
    return packed.getvalue()


def _stand_in() -> Path:
    source = Path(__file__).parent / "stand_in"
    built = CACHE / "stand-in"
    CACHE.mkdir(parents=True, exist_ok=True)
    subprocess.run(
        ["go", "build", "-trimpath", "-ldflags=-s -w", "-o", built, "."],
        cwd=source,
        env={**os.environ, "CGO_ENABLED": "0"},
        check=True,
    )
    return built
