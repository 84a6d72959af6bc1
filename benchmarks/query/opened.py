"""A prompt and a session opened, beside reading and decoding their rows in one run."""

import json
import sqlite3
import time
from collections.abc import Callable, Iterator
from contextlib import closing
from dataclasses import replace
from functools import partial
from pathlib import Path
from tempfile import TemporaryDirectory
from zoneinfo import ZoneInfo

from benchmarks import month
from benchmarks.figure import Counterpart, Effort, Figure, percentile
from ccotel_tui.query.embedded.backend import open_embedded
from ccotel_tui.query.query import Scope
from ccotel_tui.query.usage.prompt import find_prompt
from ccotel_tui.query.window import DAY, Window
from ccotel_tui.screen.data.history.session_events import SessionEvents
from ccotel_tui.store.database import Database
from ccotel_tui.telemetry.records import Event

_OF_SESSION = 20_000
_OF_PROMPT = 2_000
_SESSION = "00000000-0000-4000-8000-000000000000"
_LONG = "long-prompt"

_PLAIN = """\
SELECT e.time_ns, e.name, e.attributes, o.attributes
FROM events e JOIN origins o ON o.id = e.origin
WHERE e.session_id = ? ORDER BY e.time_ns, e.sequence"""
"""As anybody would write it, by the plan that SQLite makes for it."""


def opened(effort: Effort) -> Iterator[Figure]:
    """Milliseconds of processor time, the 95th percentile; nothing is cached."""
    to_ns = time.time_ns()
    window = Window.between(to_ns - 30 * DAY, to_ns, ZoneInfo("Asia/Seoul"))
    with TemporaryDirectory() as folder:
        path = Path(folder) / "telemetry.db"
        _fill(path, _OF_SESSION, to_ns, "")
        session = f"a session of {_OF_SESSION:,} events"
        for name, limit, whole in (
            ("opened", "opened", False),
            ("read to its beginning", "", True),
        ):
            ask = partial(_open_session, path, window, whole)
            yield _beside_rows(f"{session} {name}", limit, path, ask, effort.rounds)
    with TemporaryDirectory() as folder:
        path = Path(folder) / "telemetry.db"
        _fill(path, _OF_PROMPT, to_ns, _LONG)
        prompt = f"a prompt of {_OF_PROMPT:,} events opened"
        ask = partial(_open_prompt, path, window)
        yield _beside_rows(prompt, "opened", path, ask, effort.rounds)


def _fill(path: Path, events: int, to_ns: int, prompt_id: str) -> None:
    """Make a store of one session, and of one prompt where there is an id of it."""
    prompt = {"prompt.id": prompt_id} if prompt_id else {}
    with closing(Database(path)) as database:
        database.append(
            [
                replace(record, attributes={**record.attributes, **prompt})
                for record in month.records(events, to_ns, events)
                if isinstance(record, Event)
            ]
        )


def _beside_rows(
    name: str, limit: str, path: Path, ask: Callable[[], object], rounds: int
) -> Figure:
    """The question and the plain reading in turns."""
    taken: list[float] = []
    plain: list[float] = []
    for _ in range(rounds + 1):
        plain.append(_processor_ms(partial(_read_rows, path)))
        taken.append(_processor_ms(ask))
    counterpart = Counterpart("reading and decoding its rows", percentile(plain[1:], 0.95))
    return Figure(f"{name}, p95", percentile(taken[1:], 0.95), "ms", counterpart, limit)


def _read_rows(path: Path) -> list[dict[str, object]]:
    with closing(sqlite3.connect(f"file:{path}?mode=ro", uri=True)) as connection:
        return [
            {"time": time_ns, "name": name, **json.loads(shared), **json.loads(own)}
            for time_ns, name, own, shared in connection.execute(_PLAIN, (_SESSION,))
        ]


def _open_session(path: Path, window: Window, whole: bool) -> None:
    """Read what the session's page opens with, or all of its life, a part at a time as it does."""
    with closing(open_embedded(path, polling=False)) as backend:
        session = SessionEvents()
        while session.read(backend, window, Scope(_SESSION)).reads_on and whole:
            pass


def _open_prompt(path: Path, window: Window) -> None:
    with closing(open_embedded(path, polling=False)) as backend:
        find_prompt(backend, _LONG, window, Scope(), window.to_ns)


def _processor_ms(run: Callable[[], object]) -> float:
    began = time.process_time()
    run()
    return (time.process_time() - began) * 1000
