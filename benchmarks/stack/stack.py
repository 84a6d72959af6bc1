"""The stack, started and stopped: ours and Docker Compose in turns, on one engine."""

import shutil
import subprocess
import sys
import time
from collections.abc import Iterator, Sequence
from pathlib import Path
from tempfile import TemporaryDirectory

from benchmarks.environment import ROOT, environment
from benchmarks.figure import Counterpart, Effort, Figure
from tests.servers.cache import find
from tests.stack.daemon import Daemon, directory
from tests.stack.images import load
from tests.stack.project import Project

_ROUNDS = 5

COMPOSE_UP = "docker compose up -d, four containers started"
COMPOSE_DOWN = "docker compose down"
DOWN = "stack down"
UP = "stack up, four services ready and OTLP answered"


def stack(effort: Effort) -> Iterator[Figure]:
    """Needs what `make test-docker` needs. Raises DaemonError and ServerError."""
    place = directory()
    try:
        with Daemon(place) as running, TemporaryDirectory() as home:
            load(running.url)
            yield from _figures(Project("bench", running.url, Path(home)), effort)
    finally:
        shutil.rmtree(place, ignore_errors=True)


def _figures(project: Project, effort: Effort) -> Iterator[Figure]:
    ours = [sys.executable, "-m", "ccotel_tui", "stack"]
    compose = [str(find("docker-compose")), "-f", str(project.files / "docker-compose.yml")]
    turns = {
        COMPOSE_UP: [*compose, "up", "-d"],
        "docker compose up -d of what is up": [*compose, "up", "-d"],
        COMPOSE_DOWN: [*compose, "down"],
        UP: [*ours, "up"],
        "stack up of what is up": [*ours, "up"],
        "stack status": [*ours, "status"],
        "stack logs, first line": [*ours, "logs", "prometheus", "--follow"],
        DOWN: [*ours, "down"],
    }
    variables = environment(**project.environment)
    taken: dict[str, list[float]] = {name: [] for name in turns}
    for _ in range(min(effort.rounds, _ROUNDS)):
        for name, words in turns.items():
            run = _first_line if name.endswith("first line") else _whole
            taken[name].append(run(words, variables))
    best = {name: min(times) * 1000 for name, times in taken.items()}
    compared = {UP: (COMPOSE_UP, "stack up"), DOWN: (COMPOSE_DOWN, "stack down")}
    for name, taken_ms in best.items():
        if name in compared:
            other, limit = compared[name]
            yield Figure(name, taken_ms, "ms", Counterpart(other, best[other]), limit)
        else:
            yield Figure(name, taken_ms, "ms")


def _whole(words: Sequence[str], environment: dict[str, str]) -> float:
    began = time.monotonic()
    subprocess.run(words, cwd=ROOT, env=environment, capture_output=True, check=True)
    return time.monotonic() - began


def _first_line(words: Sequence[str], environment: dict[str, str]) -> float:
    began = time.monotonic()
    with subprocess.Popen(words, cwd=ROOT, env=environment, stdout=subprocess.PIPE) as process:
        assert process.stdout is not None
        process.stdout.readline()
        seconds = time.monotonic() - began
        process.terminate()
    return seconds
