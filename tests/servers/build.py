"""Builds the stack's servers from Go modules, once, into the cache."""

import os
import re
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from tests.servers.cache import CACHE, find

HERE = Path(__file__).parent
WITHOUT = "CCOTEL_TEST_WITHOUT"
"""Names servers that are used where the cache has them, and not built."""

OUTPUT_LINES = 20


class BuildError(Exception):
    """A server could not be built; the message says which and why."""


@dataclass(frozen=True)
class Server:
    """What is built: a name, a version, and how (working directory -> binary)."""

    name: str
    version: str
    make: Callable[[Path], Path]

    @property
    def path(self) -> Path:
        """Where the cache keeps this binary."""
        return CACHE / f"{self.name}-{self.version}"


def go(arguments: list[str], directory: Path) -> None:
    """Run the go command and raise BuildError with its last lines if it fails."""
    done = subprocess.run(
        ["go", *arguments],
        cwd=directory,
        env={**os.environ, "CGO_ENABLED": "0"},
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
    )
    if done.returncode:
        tail = "\n".join(done.stdout.splitlines()[-OUTPUT_LINES:])
        raise BuildError(f"go {arguments[0]} failed with status {done.returncode}:\n{tail}")


def collector() -> Server:
    """The collector with the components that our configuration uses."""
    manifest = HERE / "collector" / "manifest.yaml"
    version = required(r"^  version: (\S+)", manifest)

    def make(directory: Path) -> Path:
        builder = f"go.opentelemetry.io/collector/cmd/builder@v{version}"
        go(["run", builder, f"--config={manifest}"], directory)
        return directory / "otelcol" / "otelcol"

    return Server("otelcol", version, make)


def prometheus() -> Server:
    """Prometheus, whose module v0.314.0 is release 3.14.0."""
    module = required(r"prometheus/prometheus v0\.(\S+)", HERE / "prometheus" / "go.mod")
    version = f"{module[0]}.{module[1:]}"
    stamp = f"github.com/prometheus/common/version.Version={version}"
    package = "github.com/prometheus/prometheus/cmd/prometheus"
    return from_module("prometheus", version, package, stamp)


def victoria_metrics() -> Server:
    """VictoriaMetrics, which other people have in the place of Prometheus."""
    module = HERE / "victoria-metrics" / "go.mod"
    version = required(r"VictoriaMetrics/VictoriaMetrics v(\S+)", module)
    stamp = f"github.com/VictoriaMetrics/VictoriaMetrics/lib/buildinfo.Version=v{version}"
    package = "github.com/VictoriaMetrics/VictoriaMetrics/app/victoria-metrics"
    return from_module("victoria-metrics", version, package, stamp)


def thanos() -> Server:
    """Thanos, by which teams ask several Prometheus as one."""
    version = required(r"thanos-io/thanos v(\S+)", HERE / "thanos" / "go.mod")
    stamp = f"github.com/prometheus/common/version.Version={version}"
    # Without the tag it is built, and crashes at its first answer.
    return from_module(
        "thanos", version, "github.com/thanos-io/thanos/cmd/thanos", stamp, tags="slicelabels"
    )


def compose() -> Server:
    """Docker Compose, to check our file with the real reader."""
    version = required(r"docker/compose/v5 v(\S+)", HERE / "compose" / "go.mod")
    stamp = f"github.com/docker/compose/v5/internal.Version=v{version}"
    package = "github.com/docker/compose/v5/cmd"
    return from_module("docker-compose", version, package, stamp, folder="compose")


def from_module(
    name: str, version: str, package: str, stamp: str, folder: str = "", tags: str = ""
) -> Server:
    """A server that is one package of a module which our own go.mod pins."""

    def make(directory: Path) -> Path:
        binary = directory / name
        flags = ["-trimpath", f"-tags={tags}", f"-ldflags=-s -w -X {stamp}"]
        go(["build", *flags, "-o", str(binary), package], HERE / (folder or name))
        return binary

    return Server(name, version, make)


def required(pattern: str, file: Path) -> str:
    """The pattern's first group in the file."""
    found = re.search(pattern, file.read_text(), re.MULTILINE)
    if found is None:
        raise BuildError(f"{file} does not say {pattern}")
    return found.group(1)


def build(server: Server) -> str:
    """Build the server if the cache lacks it; returns 'cached' or 'built in N s'."""
    if server.path.exists():
        return "cached"
    if shutil.which("go") is None:
        raise BuildError(f"{server.name} is built with go, and go is not installed")
    began = time.monotonic()
    CACHE.mkdir(parents=True, exist_ok=True)
    # Inside the cache, so that the last step is one rename on one file system.
    with tempfile.TemporaryDirectory(dir=CACHE, prefix=".build-") as directory:
        server.make(Path(directory)).rename(server.path)
    return f"built in {time.monotonic() - began:.0f} s"


def main() -> int:
    """Build what is missing and print a line a server; the exit status."""
    try:
        for server in (collector(), prometheus(), victoria_metrics(), compose(), thanos()):
            if server.name in os.environ.get(WITHOUT, "").split() and not server.path.exists():
                print(f"{server.name} {server.version} not built: {WITHOUT} names it", flush=True)
                continue
            how = build(server)
            print(f"{server.name} {server.version} {server.path} {how}", flush=True)
    except BuildError as error:
        print(error, file=sys.stderr)
        return 1
    loki = find("loki")
    print(f"loki {loki} found" if loki else "no Loki: its recorded answers stand in")
    return 0


if __name__ == "__main__":
    sys.exit(main())
