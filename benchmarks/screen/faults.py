"""Keys while the servers of the stack do all that servers may do instead of answering."""

import random
import tempfile
from collections.abc import Iterator

from benchmarks.figure import Effort, Figure
from benchmarks.screen.latency import page_switches, shares
from benchmarks.screen.live import OVERVIEW, SECTIONS
from benchmarks.screen.terminal import terminal
from tests.query.faults import FAULTS
from tests.query.stub import Stub


def key_under_faults(effort: Effort) -> Iterator[Figure]:
    """From a key to its section being painted, under each fault in turn."""
    dice = random.Random(7)
    taken = []
    with tempfile.TemporaryDirectory() as folder, Stub() as stub:
        urls = ("--prometheus-url", stub.url, "--loki-url", stub.url)
        words = ["ccotel_tui", "--source", "stack", *urls]
        with terminal(words, CLAUDE_CONFIG_DIR=folder) as shown:
            shown.until(OVERVIEW)
            for key, section in SECTIONS:
                shown.press(key)
                shown.until(section)
                shown.follow(1.0)
            for behave, _ in FAULTS.values():
                stub.behave = behave
                for key, section in SECTIONS[: max(2, effort.presses // len(FAULTS))]:
                    shown.follow(dice.uniform(0.2, 0.4))
                    pressed = shown.press(key)
                    taken.append(shown.until(section) - pressed)
    what = f"key -> its section painted, {len(FAULTS)} faults"
    bare = ("a bare app's page", page_switches(effort))
    yield from shares(what, taken, bare, 0.95, "key under faults")
