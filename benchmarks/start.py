"""How long it takes to be there: the first frame, the one line, the version."""

import subprocess
import sys
import time
from collections.abc import Iterator, Sequence
from pathlib import Path

from benchmarks.bare import SAID
from benchmarks.environment import ROOT, environment
from benchmarks.figure import Effort, Figure
from benchmarks.live import OVERVIEW
from benchmarks.stores import Store, copied, heavy_month
from benchmarks.terminal import terminal

_NUMBERS = "$"
SCRIPT = "import sys; from ccotel_tui.cli import main; sys.exit(main())"
"""What the installed script `ccotel-tui` runs; `python -m` would import runpy too."""


def first_frame(effort: Effort) -> Iterator[Figure]:
    """The first frame of the dashboard against that of a bare app, taken in turns."""
    bare, frame, numbers = [], [], []
    with copied(heavy_month()) as store:
        _dashboard_frame(store)  # compiles what is not compiled yet
        for _ in range(effort.rounds):
            bare.append(_bare_frame())
            shown, known = _dashboard_frame(store)
            frame.append(shown)
            numbers.append(known)
    on = f"120x40, {store.events:,} events"
    yield Figure("first frame of a bare Textual app", _best_ms(bare), "ms")
    yield Figure(f"first frame, {on}", _best_ms(frame), "ms")
    yield Figure(f"first numbers, {on}", _best_ms(numbers), "ms")
    yield Figure("first frame : bare app", min(frame) / min(bare), "x", limit=1.25)


def words(effort: Effort) -> Iterator[Figure]:
    """`line` and `--version` as processes, taken in turns with a Python that does nothing."""
    with copied(heavy_month()) as store:
        ours = ["-c", SCRIPT]
        commands = {
            "python -c pass": ["-c", "pass"],
            "ccotel-tui --version": [*ours, "--version"],
            "ccotel-tui line": [*ours, "line", "--source", "embedded", "--db", str(store.path)],
        }
        taken: dict[str, list[float]] = {name: [] for name in commands}
        run(commands["ccotel-tui line"])  # compiles what is not compiled yet
        for _ in range(effort.rounds):
            for name, arguments in commands.items():
                taken[name].append(run(arguments))
    for name, times in taken.items():
        limit = 60.0 if name.endswith("line") else None
        yield Figure(name, _best_ms(times), "ms", limit)


def _bare_frame() -> float:
    with terminal(["benchmarks.bare"]) as shown:
        return shown.until(SAID) - shown.began


def _dashboard_frame(store: Store) -> tuple[float, float]:
    """Seconds to the first frame, and to the first numbers in it."""
    words = ["ccotel_tui", "--source", "embedded", "--db", str(store.path), "--since", "24h"]
    ports = ["--otlp-grpc", "127.0.0.1:0", "--otlp-http", "127.0.0.1:0"]
    folder = str(Path(store.path).parent)
    with terminal([*words, *ports], CLAUDE_CONFIG_DIR=folder) as shown:
        frame = shown.until("1 Overview") - shown.began
        shown.until(OVERVIEW)
        return frame, shown.until(_NUMBERS) - shown.began


def run(arguments: Sequence[str]) -> float:
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
    """The round in which the machine had least else to do."""
    return min(seconds) * 1000
