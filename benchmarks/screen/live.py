"""A dashboard at work: a heavy month, a recorder, a session that goes on, and the screen."""

import itertools
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

from benchmarks.recorder.recorder import Client, Recorder, client, recorder
from benchmarks.screen.terminal import Terminal, terminal
from benchmarks.stores import copied, heavy_month
from ccotel_tui.telemetry.records import Event, Value

SESSION = "beefbeef-0000-4000-8000-000000000000"
"""The session that goes on while it is measured."""

OVERVIEW = "this session"
"""What only the overview shows."""

SECTIONS = (
    ("2", "Token Usage by Model"),
    ("3", "Tool Success Rate"),
    ("4", "API Request Duration"),
    ("5", "Cumulative Code Changes"),
    ("6", "API Error Events"),
    ("1", OVERVIEW),
)
"""Each section's key, and what at 120x40 no other section shows."""


@dataclass
class Session:
    """Events of a session that happen now, each with the next number in it."""

    dollars: float = 0.0
    _numbers: "itertools.count[int]" = field(default_factory=itertools.count)

    def request(self, cost: float) -> Event:
        """An api_request for so many dollars."""
        self.dollars += cost
        return self._event(
            "api_request",
            model="claude-opus-4-8",
            cost_usd=cost,
            input_tokens=20,
            output_tokens=300,
            cache_read_tokens=40_000,
            cache_creation_tokens=900,
            duration_ms=4200,
        )

    def tool(self, name: str) -> Event:
        """A tool_result of the tool of that name."""
        return self._event("tool_result", tool_name=name, success="true", duration_ms="12")

    def _event(self, name: str, **attributes: Value) -> Event:
        common: dict[str, Value] = {
            "session.id": SESSION,
            "event.name": name,
            "event.sequence": next(self._numbers),
            "prompt.id": "beefbeef-0",
        }
        return Event(time.time_ns(), "claude-code", name, common | attributes)


@dataclass(frozen=True, slots=True)
class Shown:
    """A dashboard, and a session whose events its source is sent."""

    terminal: Terminal
    client: Client
    session: Session


@dataclass(frozen=True, slots=True)
class Live(Shown):
    """With the recorder that takes them, and its store."""

    recorder: Recorder
    store: Path


@contextmanager
def live(since: str = "24h") -> Iterator[Live]:
    """A dashboard that shows the session's first dollar, over so long a window."""
    session = Session()
    with (
        copied(heavy_month()) as store,
        recorder(store.path) as recording,
        client(recording.address) as exporting,
    ):
        exporting.send(session.request(1.0))
        words = ["ccotel_tui", "--source", "embedded", "--db", str(store.path), "--since", since]
        with terminal(words, CLAUDE_CONFIG_DIR=str(store.path.parent)) as shown:
            shown.until("$1.00")
            yield Live(shown, exporting, session, recording, store.path)
