"""The time to start: the first frame, the one line, the version."""

import json
import resource
import subprocess
import sys
import time
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import NamedTuple

from benchmarks.bare import PAGES
from benchmarks.environment import ROOT, environment
from benchmarks.figure import Counterpart, Effort, Figure
from benchmarks.live import OVERVIEW
from benchmarks.month import MODELS
from benchmarks.recorder import recorder
from benchmarks.stores import Store, copied, heavy_month
from benchmarks.terminal import terminal
from ccotel_tui.line.template import OPTIONAL_FIELDS

_NUMBERS = "$"

_ALL_FIELDS = " ".join(
    f"{{{name}}}" for name in ("session", "burn", "today", "state", *OPTIONAL_FIELDS)
).replace(" {alert}", "")
"""All but the rules that hold: those are judged of many rows, by the command."""

_BUDGETS = "[budget]\nday = 30\nweek = 100\nmonth = 500\n"

SCRIPT = "from ccotel_tui.__main__ import run; run()"
"""What the installed script `ccotel-tui` runs; `python -m` would import runpy too."""


def first_frame(effort: Effort) -> Iterator[Figure]:
    """The first frame of the dashboard beside that of a bare app, taken in turns."""
    bare, frames, numbers = [], [], []
    with copied(heavy_month()) as store:
        _dashboard_frame(store)  # compiles what is not compiled yet
        for _ in range(effort.rounds):
            bare.append(_bare_frame())
            frame, number = _dashboard_frame(store)
            frames.append(frame)
            numbers.append(number)
    on = f"120x40, {store.events:,} events"
    first = Counterpart("a bare Textual app's first frame", _best_ms(bare))
    yield Figure(f"first frame, {on}", _best_ms(frames), "ms", first, "first frame")
    yield Figure(f"first numbers, {on}", _best_ms(numbers), "ms", first)


def short_commands(effort: Effort) -> Iterator[Figure]:
    """`line` and `--version` as processes, taken in turns with a Python that does nothing.

    Beside a recorder, with all fields, and with a status line that is handed on at each call; that
    is counted as processor time too: there is one every second.
    """
    nothing = "python -c pass"
    with copied(heavy_month()) as store, recorder(store.path):
        (settings := store.path.with_name("settings.toml")).write_text(_BUDGETS)
        ours = ["-c", SCRIPT]
        line = [*ours, "line", "--source", "embedded", "--db", str(store.path)]
        all_fields = [*line, "--config", str(settings), "--format", _ALL_FIELDS]
        commands = {
            nothing: (["-c", "pass"], False),
            "ccotel-tui --version": ([*ours, "--version"], False),
            "ccotel-tui line": (line, False),
            "ccotel-tui line, all fields": (all_fields, False),
            "ccotel-tui line, all fields, handed on": (all_fields, True),
        }
        taken: dict[str, list[Taken]] = {name: [] for name in commands}
        for number in range(effort.rounds + 1):
            for name, (arguments, hands_on) in commands.items():
                told = _status_line(number) if hands_on else b""
                taken[name].append(process(arguments, told, CLAUDE_CONFIG_DIR=str(settings.parent)))
    # The first compiles what is not compiled yet, and looks up what is kept.
    times = {name: each[1:] for name, each in taken.items()}
    idle = times.pop(nothing)
    for name, each in times.items():
        limit = "line" if " line" in name else ""
        wall, cpu = (_best_ms([one[unit] for one in each]) for unit in (0, 1))
        wall_of_idle, cpu_of_idle = (_best_ms([one[unit] for one in idle]) for unit in (0, 1))
        yield Figure(name, wall, "ms", Counterpart(nothing, wall_of_idle), limit)
        if limit:
            yield Figure(f"{name}, CPU", cpu, "ms", Counterpart(nothing, cpu_of_idle), limit)


def _status_line(number: int) -> bytes:
    """Return a status line that tells of everything, and each time of another cost."""
    soon = int(time.time()) + 3600
    limit = {"used_percentage": 40, "resets_at": soon}
    told = {
        "session_id": "bench-0000-4000-8000-000000000000",
        "session_name": "bench",
        "model": {"id": MODELS[0]},
        "cost": {"total_cost_usd": number / 64},
        "context_window": {"used_percentage": 40},
        "prompt_cache": {"ttl": "5m", "expires_at": soon, "recache_tokens_if_cold": 14181},
        "rate_limits": {"five_hour": limit, "seven_day": limit},
        "workspace": {"project_dir": "/work/shop"},
    }
    return json.dumps(told).encode()


def _bare_frame() -> float:
    with terminal(["benchmarks.bare"]) as shown:
        return shown.until(PAGES[0]) - shown.began


def _dashboard_frame(store: Store) -> tuple[float, float]:
    """Return the seconds to the first frame, and to the first numbers in it."""
    words = ["ccotel_tui", "--source", "embedded", "--db", str(store.path), "--since", "24h"]
    ports = ["--otlp-grpc", "127.0.0.1:0", "--otlp-http", "127.0.0.1:0"]
    folder = str(Path(store.path).parent)
    with terminal([*words, *ports], CLAUDE_CONFIG_DIR=folder) as shown:
        frame = shown.until("1 Overview") - shown.began
        shown.until(OVERVIEW)
        return frame, shown.until(_NUMBERS) - shown.began


class Taken(NamedTuple):
    """Seconds of a process: by the clock, and of a processor."""

    wall: float
    cpu: float


def run(arguments: Sequence[str]) -> float:
    """Return the seconds that a Python with these arguments takes."""
    return process(arguments).wall


def process(arguments: Sequence[str], told: bytes = b"", **variables: str) -> Taken:
    """Return what a Python with these arguments and this standard input takes."""
    began, before = time.perf_counter(), resource.getrusage(resource.RUSAGE_CHILDREN)
    subprocess.run(
        [sys.executable, *arguments],
        cwd=ROOT,
        env=environment(**variables),
        input=told,
        stdout=subprocess.DEVNULL,
        check=True,
    )
    wall, after = time.perf_counter() - began, resource.getrusage(resource.RUSAGE_CHILDREN)
    user, system = after.ru_utime - before.ru_utime, after.ru_stime - before.ru_stime
    return Taken(wall, user + system)


def _best_ms(seconds: Sequence[float]) -> float:
    """Return the milliseconds of the round in which the machine had least else to do."""
    return min(seconds) * 1000
