"""The recorded sessions moved to the newest days: on the real servers, and in a store of ours."""

import sqlite3
import time
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

from ccotel_tui.query.stack_source import StackSource
from ccotel_tui.query.window import DAY, MINUTE
from ccotel_tui.record import replay
from ccotel_tui.record.replay import Line
from ccotel_tui.store.database import Database
from ccotel_tui.telemetry.decode import decoded
from tests.servers.servers import Stack

SESSIONS = sorted((Path(__file__).parents[1] / "data").glob("sessions*.jsonl"))


@dataclass
class Recorded:
    """The servers that have the recordings, and what was sent to them."""

    stack: Stack
    source: StackSource
    lines: list[Line]
    newest_ns: int


def moved() -> tuple[list[Line], int]:
    """Every request, moved by whole days to the newest that is over, and its newest time."""
    lines = [line for file in SESSIONS for line in replay.read(file)]
    newest_ns = max(line.time_ns for line in lines)
    by_ns = (time.time_ns() - 15 * MINUTE - newest_ns) // DAY * DAY
    for line in lines:
        replay.move(line.request, by_ns)
    return lines, newest_ns + by_ns


def fill(path: Path, lines: Iterable[Line]) -> None:
    """Keep the requests in a new store, as if somebody had listened all the time."""
    database = Database(path)
    for line in lines:
        database.append(decoded(line.request).records)
    database.close()
    connection = sqlite3.connect(path)
    connection.execute("INSERT INTO listening VALUES (0, ?)", (time.time_ns(),))
    connection.commit()
    connection.close()
