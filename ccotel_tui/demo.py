"""Recorded sessions of the real client as a day that ends now, in a store of their own.

What the client keeps to itself is made up: names of projects, texts of prompts, and who runs.
"""

import gzip
import json
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import closing, contextmanager
from dataclasses import replace
from functools import partial
from itertools import chain, cycle
from pathlib import Path
from shutil import rmtree
from tempfile import TemporaryDirectory

from ccotel_tui.claude.session_registry import SessionRegistry
from ccotel_tui.ending import undone
from ccotel_tui.query.window import DAY, MINUTE, SECOND
from ccotel_tui.store.database import Database
from ccotel_tui.store.file.connection import open_to_write
from ccotel_tui.telemetry.conventions import API_REQUEST, USER_PROMPT
from ccotel_tui.telemetry.decode import decode
from ccotel_tui.telemetry.records import Event, Point, Record

RECORDINGS = Path(__file__).with_name("demo.jsonl.gz")
"""25 sessions by the CLI 2.1.197 and 2.1.330, an export request a line, OTLP in JSON."""

PROJECTS = ("web-shop", "infra", "acme-api", "docs-site")

TEXTS = (
    "fix the login test",
    "why does the build take so long?",
    "write down how sessions are kept",
    "move the price rounding to one place",
    "split the order page into parts",
    "make the checkout test wait for the answer",
    "port the webhook client to v2",
)
"""Of prompts that the recording has redacted."""

_RUNNING = (
    {"status": "waiting", "waitingFor": "permission prompt"},
    {"status": "busy"},
    {"status": "idle"},
)
"""The newest sessions, as the client's registry has them."""

_NO_PROCESS = 1 << 23
"""More than any process of this machine has as its number."""

_NOTIFIED_WITHIN_NS = 2 * SECOND
"""A redacted prompt so soon after a subagent's end is the client's own."""

APART_NS = 23 * MINUTE
"""From the end of one session to that of the next: recorded in minutes, shown as a day."""

_REGISTRY = "sessions"


@contextmanager
def demo_store(now_ns: int) -> Iterator[Path]:
    """Yield a store of the recorded sessions, the last of them ending now; deleted afterwards."""
    with (
        TemporaryDirectory(prefix="ccotel-tui-demo-") as directory,
        undone(partial(rmtree, directory, ignore_errors=True)),
    ):
        path = Path(directory) / "telemetry.db"
        database = Database(path)
        sessions = _by_newest()
        database.append(chain.from_iterable(_moved(sessions, now_ns)))
        database.close()
        asking = (id for id, records in sessions.items() if any(map(_is_request, records)))
        _register(Path(directory) / _REGISTRY, asking)
        # The whole day counts as listened to: what is not in it did not happen.
        with closing(open_to_write(path)) as connection:
            connection.execute("INSERT INTO listening VALUES (?, ?)", (now_ns - DAY, now_ns))
        yield path


def demo_registry(database: Path) -> SessionRegistry:
    """Return who runs in the demo whose store this is."""
    return SessionRegistry(database.parent / _REGISTRY, lambda _: "")


def _by_newest() -> dict[str, list[Record]]:
    """Return the records of each session, in order, the session that ended last first."""
    sessions: defaultdict[str, list[Record]] = defaultdict(list)
    with gzip.open(RECORDINGS, "rb") as lines:
        for line in lines:
            logs = line.startswith(b'{"resourceLogs"')
            for record in decode("logs" if logs else "metrics", line, "json").records:
                sessions[str(record.attributes.get("session.id"))].append(record)
    ordered = {id: sorted(r, key=lambda record: record.time_ns) for id, r in sessions.items()}
    return dict(sorted(ordered.items(), key=lambda pair: pair[1][-1].time_ns, reverse=True))


def _moved(sessions: Mapping[str, Sequence[Record]], now_ns: int) -> Iterator[Iterator[Record]]:
    texts = cycle(TEXTS)
    for place, records in enumerate(sessions.values()):
        by_ns = now_ns - place * APART_NS - records[-1].time_ns
        labelled = _told(records, PROJECTS[place % len(PROJECTS)], texts)
        yield (_later(record, by_ns) for record in labelled)


def _told(records: Sequence[Record], project: str, texts: Iterator[str]) -> Iterator[Record]:
    """Yield the records with a project and with texts of prompts."""
    notified_ns = 0
    for record in records:
        attributes = {"project": project, **record.attributes}
        if isinstance(record, Event) and record.name == "subagent_completed":
            notified_ns = record.time_ns + _NOTIFIED_WITHIN_NS
        if _is_hidden(record) and record.time_ns > notified_ns:
            attributes["prompt"] = text = next(texts)
            attributes["prompt_length"] = str(len(text))
        yield replace(record, attributes=attributes)


def _is_hidden(record: Record) -> bool:
    """Return whether it is a prompt whose text was redacted or made for a test."""
    if not isinstance(record, Event) or record.name != USER_PROMPT:
        return False
    text = str(record.attributes.get("prompt"))
    return text.startswith(("<REDACTED>", "SCRIPT=")) and "command_source" not in record.attributes


def _is_request(record: Record) -> bool:
    return isinstance(record, Event) and record.name == API_REQUEST


def _later(record: Record, by_ns: int) -> Record:
    if isinstance(record, Point):
        return replace(record, time_ns=record.time_ns + by_ns, start_ns=record.start_ns + by_ns)
    return replace(record, time_ns=record.time_ns + by_ns)


def _register(folder: Path, sessions: Iterable[str]) -> None:
    """Write the files of the newest sessions as the client would."""
    folder.mkdir()
    for number, (session, status) in enumerate(zip(sessions, _RUNNING, strict=False)):
        pid = _NO_PROCESS + number
        entry = {"pid": pid, "procStart": "", "sessionId": session, "updatedAt": pid, **status}
        (folder / f"{pid}.json").write_text(json.dumps(entry))
