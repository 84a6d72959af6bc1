"""The time to start: the first frame, the one line, the version."""

import subprocess
import sys
import time
from collections.abc import Iterator, Sequence
from pathlib import Path

from benchmarks.bare import PAGES
from benchmarks.environment import ROOT, environment
from benchmarks.figure import Counterpart, Effort, Figure
from benchmarks.live import OVERVIEW
from benchmarks.stores import Store, copied, heavy_month
from benchmarks.terminal import terminal

_NUMBERS = "$"
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
    """`line` and `--version` as processes, taken in turns with a Python that does nothing."""
    nothing = "python -c pass"
    with copied(heavy_month()) as store:
        ours = ["-c", SCRIPT]
        commands = {
            nothing: ["-c", "pass"],
            "ccotel-tui --version": [*ours, "--version"],
            "ccotel-tui line": [*ours, "line", "--source", "embedded", "--db", str(store.path)],
        }
        taken: dict[str, list[float]] = {name: [] for name in commands}
        run(commands["ccotel-tui line"])  # compiles what is not compiled yet
        for _ in range(effort.rounds):
            for name, arguments in commands.items():
                taken[name].append(run(arguments))
    start = Counterpart(nothing, _best_ms(taken.pop(nothing)))
    for name, times in taken.items():
        yield Figure(name, _best_ms(times), "ms", start, "line" if name.endswith("line") else "")


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


def run(arguments: Sequence[str]) -> float:
    """Return the seconds that a Python with these arguments takes."""
    began = time.perf_counter()
    subprocess.run(
        [sys.executable, *arguments],
        cwd=ROOT,
        env=environment(),
        stdin=subprocess.DEVNULL,
        stdout=subprocess.DEVNULL,
        check=True,
    )
    return time.perf_counter() - began


def _best_ms(seconds: Sequence[float]) -> float:
    """Return the milliseconds of the round in which the machine had least else to do."""
    return min(seconds) * 1000
