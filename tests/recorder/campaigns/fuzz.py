"""Broken requests by the thousand: the recorder lives, and loses none of their neighbours.

Each request has valid records beside what is broken in it, or is broken as a whole. Afterwards
every command answers, and what is exported comes back the same. `make test-fuzz N=10000` runs it
with three seeds.
"""

import http.client
import json
import random
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import closing, suppress
from dataclasses import dataclass, field
from pathlib import Path

import grpc

from ccotel_tui.store.file.connection import connect
from tests.recorder.campaigns.kill import over_grpc
from tests.recorder.running import JSON, PROTOBUF, Recorder, export_lines, recorder
from tests.tools.mutation import Request, broken_json, broken_protobuf, changed_bytes
from tests.tools.otlp import SECOND, T0, lines, logs_request, metrics_request, request

SEEDS = (1, 2, 3)
VALID = "valid"
"""How the sessions of records begin in which nothing is broken."""

COMMANDS = (
    ("panels", "--json", "--window", "month"),
    ("panels", "--json", "--from", "2026-11-20", "--to", "2026-12-20"),
    ("sessions", "--json", "--from", "2000-01-01"),
    ("events", "--json", "--from", "2000-01-01", "--limit", "100000"),
    ("reconcile", "--json", "--from", "2026-11-24", "--to", "2026-11-25"),
    ("line", "--json"),
)


@dataclass
class Outcome:
    """`lost` are valid records that are not in the store, `failed` commands that did not answer."""

    sent: int = 0
    valid: int = 0
    kept: int = 0
    failed: list[str] = field(default_factory=list)
    same_export: bool = False
    exported_lines: int = 0

    @property
    def lost(self) -> int:
        return self.valid - self.kept

    @property
    def good(self) -> bool:
        return not (self.lost or self.failed) and self.same_export


@dataclass(frozen=True)
class Sending:
    """One request: its signal, form and body, and how many valid records it must bring in."""

    signal: str
    form: str
    body: bytes
    valid: int


def sendings(dice: random.Random, number: int) -> Iterator[Sending]:
    """So many requests, each with something broken."""
    for n in range(number):
        signal = dice.choice(("logs", "logs", "metrics"))
        form = dice.choice(("json", "protobuf", "grpc"))
        torn = dice.random() < 0.1
        whole = _request(signal, n, "torn" if torn else VALID)
        if torn:
            yield Sending(signal, form, changed_bytes(dice, whole.SerializeToString()), 0)
        elif form == "json":
            yield Sending(signal, form, broken_json(dice, whole), 2)
        else:
            yield Sending(signal, form, broken_protobuf(dice, whole), 2)


def _request(signal: str, n: int, neighbours: str) -> Request:
    at = T0 + 3 * n * SECOND
    sessions = (f"{neighbours}-{n % 50}", f"broken-{n % 50}", f"{neighbours}-{n % 50}")
    if signal == "logs":
        return logs_request(
            *(request(0.25, at + k, session, 3 * n + k) for k, session in enumerate(sessions))
        )
    kinds = ("added", "removed", "moved")
    return metrics_request(
        *(
            lines(1, at + k, at - SECOND, session, kind)
            for k, (session, kind) in enumerate(zip(sessions, kinds, strict=True))
        )
    )


def run(number: int, seed: int, directory: Path) -> Outcome:
    """Send so many to a recorder of an own database, and ask for all that it kept."""
    outcome = Outcome(sent=number)
    database = directory / f"fuzz-{seed}.db"
    with recorder(database) as running:
        send_all(running, sendings(random.Random(seed), number), outcome)
        assert running.process.poll() is None, "the recorder ended"
        outcome.kept = valid_records(database)
        exported = said(database, outcome, "export")
        for words in COMMANDS:
            said(database, outcome, *words, "--source", "embedded")
        said(database, outcome, "record", "--status")
        running.process.terminate()
        printed = running.process.communicate()[0]
    if "Traceback" in printed:
        outcome.failed.append(printed)
    with recorder(directory / f"again-{seed}.db") as second:
        export_lines(second, exported)
        again = said(directory / f"again-{seed}.db", outcome, "export")
    outcome.same_export = again == exported
    outcome.exported_lines = exported.count("\n")
    return outcome


def send_all(running: Recorder, requests: Iterator[Sending], outcome: Outcome) -> None:
    """Send them one after the other, whatever is answered."""
    with (
        grpc.insecure_channel(running.grpc) as channel,
        closing(http.client.HTTPConnection(running.http, timeout=60)) as connection,
    ):
        by_grpc = over_grpc(channel)
        for one in requests:
            if one.form == "grpc":
                with suppress(grpc.RpcError):
                    by_grpc(one.signal, one.body)
            else:
                kind = JSON if one.form == "json" else PROTOBUF
                path = f"/v1/{one.signal}"
                connection.request("POST", path, one.body, {"Content-Type": kind})
                with connection.getresponse() as answer:
                    answer.read()
            outcome.valid += one.valid


def valid_records(database: Path) -> int:
    with closing(connect(database)) as connection:
        (events,) = connection.execute(
            "SELECT count(*) FROM events WHERE session_id GLOB ?", (f"{VALID}-*",)
        ).fetchone()
        (points,) = connection.execute(
            "SELECT count(*) FROM increments i JOIN series s ON s.id = i.series"
            " WHERE s.session_id GLOB ?",
            (f"{VALID}-*",),
        ).fetchone()
    return int(events + points)


def said(database: Path, outcome: Outcome, *words: str) -> str:
    """What the command prints; it is noted where it fails."""
    done = subprocess.run(
        [sys.executable, "-m", "ccotel_tui", *words, "--db", str(database)],
        capture_output=True,
        text=True,
        stdin=subprocess.DEVNULL,
    )
    if done.returncode or "Traceback" in done.stderr:
        outcome.failed.append(f"{' '.join(words)}: {done.returncode} {done.stderr}")
    return done.stdout


def main(number: int) -> int:
    """Run with each seed and print a line for each; exit status 1 where something was lost."""
    good = True
    for seed in SEEDS:
        with tempfile.TemporaryDirectory() as name:
            outcome = run(number, seed, Path(name))
        good &= outcome.good
        print(f"seed {seed}: {json.dumps(vars(outcome))}, {outcome.lost} lost", flush=True)
    return 0 if good else 1


if __name__ == "__main__":
    sys.exit(main(int(sys.argv[1])))
