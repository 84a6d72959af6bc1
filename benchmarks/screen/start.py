"""The time to start: the first frame, the one line, the version."""

import json
import resource
import subprocess
import sys
import time
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import NamedTuple

from benchmarks.environment import ROOT, environment
from benchmarks.figure import Counterpart, Effort, Figure
from benchmarks.month import MODELS
from benchmarks.recorder.recorder import client, ingest, recorder
from benchmarks.screen.bare import PAGES
from benchmarks.screen.live import OVERVIEW, Session
from benchmarks.screen.terminal import terminal
from benchmarks.stores import Store, copied, heavy_month
from ccotel_tui.line.template import OPTIONAL_FIELDS

_NUMBERS = "$"

_ALL_FIELDS = " ".join(
    f"{{{name}}}" for name in ("session", "burn", "today", "state", *OPTIONAL_FIELDS)
)

_BUDGETS = "[budget]\nday = 30\nweek = 100\nmonth = 500\n"

_NOTHING = "python -c pass"
_TOLD = "ccotel-tui line, all fields, told"
_HANDED_ON = "ccotel-tui line, all fields, handed on"

SCRIPT = "from ccotel_tui.__main__ import run; run()"
"""What the installed script `ccotel-tui` runs; `python -m` would import runpy too."""


class Taken(NamedTuple):
    """Seconds of a process: by the clock, and of a processor."""

    wall: float
    cpu: float


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

    Beside a recorder that takes events, with all fields, and with a status line that is handed on
    at each call. That is counted as processor time too: there is one every second.
    """
    session = Session()
    with (
        copied(heavy_month()) as store,
        recorder(store.path) as recording,
        client(recording.address) as exporting,
        ingest(exporting, lambda: [session.request(0.001) for _ in range(5)], 0.1),
    ):
        taken = _in_turns(store, effort.rounds)
    idle = taken.pop(_NOTHING)
    for name, each in taken.items():
        limit = "line" if " line" in name else ""
        nothing = Counterpart(_NOTHING, _best_ms([one.wall for one in idle]))
        yield Figure(name, _best_ms([one.wall for one in each]), "ms", nothing, limit)
        if limit:
            nothing = Counterpart(_NOTHING, _best_ms([one.cpu for one in idle]))
            cpu = _best_ms([one.cpu for one in each])
            yield Figure(f"{name}, CPU", cpu, "ms", nothing, limit)
    same, handed_on = (_best_ms([one.cpu for one in taken[name]]) for name in (_TOLD, _HANDED_ON))
    counterpart = Counterpart("the same status line, not handed on", same)
    yield Figure("line that is handed on, CPU", handed_on, "ms", counterpart, "line handed on")


def _in_turns(store: Store, rounds: int) -> dict[str, list[Taken]]:
    """Return what each command takes, without the first time, which compiles and looks up."""
    (settings := store.path.with_name("settings.toml")).write_text(_BUDGETS)
    ours = ["-c", SCRIPT]
    line = [*ours, "line", "--source", "embedded", "--db", str(store.path)]
    all_fields = [*line, "--config", str(settings), "--format", _ALL_FIELDS]
    commands = {
        _NOTHING: ["-c", "pass"],
        "ccotel-tui --version": [*ours, "--version"],
        "ccotel-tui line": line,
        "ccotel-tui line, all fields": all_fields,
        _TOLD: all_fields,
        _HANDED_ON: all_fields,
    }
    taken: dict[str, list[Taken]] = {name: [] for name in commands}
    for number in range(rounds + 1):
        told = {_TOLD: _status_line("same", 0), _HANDED_ON: _status_line("other", number)}
        for name, arguments in commands.items():
            once = process(arguments, told.get(name, b""), CLAUDE_CONFIG_DIR=str(settings.parent))
            taken[name].append(once)
    return {name: times[1:] for name, times in taken.items()}


def _status_line(session: str, number: int) -> bytes:
    """Return a status line that tells of everything."""
    soon = int(time.time()) // 3600 * 3600 + 7200
    limit = {"used_percentage": 40, "resets_at": soon}
    told = {
        "session_id": session,
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
    with terminal(["benchmarks.screen.bare"]) as shown:
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
