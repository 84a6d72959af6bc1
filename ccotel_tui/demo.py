"""Recorded sessions of the real client as a day that ends now, in a store of their own."""

import gzip
from collections import defaultdict
from collections.abc import Iterator
from contextlib import closing, contextmanager
from dataclasses import replace
from functools import partial
from pathlib import Path
from shutil import rmtree
from tempfile import TemporaryDirectory

from ccotel_tui.ending import undone
from ccotel_tui.query.window import DAY, MINUTE
from ccotel_tui.store.database import Database
from ccotel_tui.store.file.connection import open_to_write
from ccotel_tui.telemetry.decode import decode
from ccotel_tui.telemetry.records import Point, Record

RECORDINGS = Path(__file__).with_name("demo.jsonl.gz")
"""25 sessions by the CLI 2.1.197 and 2.1.330, an export request a line, OTLP in JSON."""

APART_NS = 23 * MINUTE
"""From the end of one session to that of the next: recorded in minutes, shown as a day."""


@contextmanager
def demo_store(now_ns: int) -> Iterator[Path]:
    """Yield a store of the recorded sessions, the last of them ending now; deleted afterwards."""
    with (
        TemporaryDirectory(prefix="ccotel-tui-demo-") as directory,
        undone(partial(rmtree, directory, ignore_errors=True)),
    ):
        path = Path(directory) / "telemetry.db"
        database = Database(path)
        database.append(_moved(now_ns))
        database.close()
        # The whole day counts as listened to: what is not in it did not happen.
        with closing(open_to_write(path)) as connection:
            connection.execute("INSERT INTO listening VALUES (?, ?)", (now_ns - DAY, now_ns))
        yield path


def _moved(now_ns: int) -> Iterator[Record]:
    sessions: defaultdict[object, list[Record]] = defaultdict(list)
    with gzip.open(RECORDINGS, "rb") as lines:
        for line in lines:
            logs = line.startswith(b'{"resourceLogs"')
            for record in decode("logs" if logs else "metrics", line, "json").records:
                sessions[record.attributes.get("session.id")].append(record)
    ends = {session: max(r.time_ns for r in records) for session, records in sessions.items()}
    ordered = sorted(sessions, key=lambda session: ends[session], reverse=True)
    for place, session in enumerate(ordered):
        by_ns = now_ns - place * APART_NS - ends[session]
        for record in sessions[session]:
            moved = replace(record, time_ns=record.time_ns + by_ns)
            if isinstance(moved, Point):
                moved = replace(moved, start_ns=moved.start_ns + by_ns)
            yield moved
