"""What was kept while the stack was down, sent behind what came live: each window is the truth."""

import contextlib
import random
import re
import subprocess
import sys
from collections.abc import Iterable
from contextlib import closing
from pathlib import Path

import pytest

from ccotel_tui.send.backfill import backfill
from ccotel_tui.store.database import Database
from ccotel_tui.store.outbox import Outbox
from ccotel_tui.telemetry.decode import read_request
from tests.accuracy.check import check
from tests.accuracy.paths.paths import StackPath
from tests.accuracy.truth.client import Client, Temporality
from tests.accuracy.truth.cuts import cuts
from tests.accuracy.truth.days import BEGIN
from tests.accuracy.truth.otlp import Request
from tests.accuracy.truth.scenarios import CASES, ONLY_EMBEDDED, SCENARIOS, briskly, scope_of
from tests.accuracy.truth.truth import Truth

pytestmark = pytest.mark.servers

TEMPORALITIES: tuple[Temporality, ...] = ("delta", "cumulative")

SMALL_BATCHES = """\
import sys
from pathlib import Path
from ccotel_tui.send.backfill import backfill
from ccotel_tui.store import backlog
backlog.BATCH = 10
backfill(Path(sys.argv[1]), sys.argv[2], sys.argv[3], lambda line: print(line, flush=True))
"""
KILLS = 10


@pytest.fixture
def path(real_stack_path: StackPath) -> StackPath:
    return real_stack_path


@pytest.fixture
def kept(tmp_path: Path) -> Path:
    return tmp_path / "telemetry.db"


def keep(kept: Path, requests: Iterable[Request]) -> None:
    """What the recorder does while the stack is down."""
    with closing(Database(kept)) as database:
        for request in requests:
            database.append(read_request(request).records)


def run(path: StackPath, kept: Path) -> list[str]:
    """What a whole run says."""
    said: list[str] = []
    backfill(kept, path.grpc, path.loki_url, said.append)
    path.settle()
    return said


@pytest.mark.parametrize(
    ("scenario", "temporality"), [case for case in CASES if case not in ONLY_EMBEDDED]
)
def test_kept_between_two_stretches_of_live_data(
    path: StackPath, kept: Path, scenario: str, temporality: Temporality
) -> None:
    truth = Truth()
    parts = SCENARIOS[scenario](f"{scenario}-{temporality}", temporality, truth)
    requests = [request for part in parts for request in part]
    first, second = len(requests) // 3, len(requests) * 2 // 3
    path.send(requests[:first], "grpc")
    keep(kept, requests[first:second])
    path.send(requests[second:], "grpc")
    path.settle()
    run(path, kept)
    for window in cuts(truth, few=True):
        check(path, window, scope_of(scenario, temporality), truth)


@pytest.mark.parametrize("temporality", TEMPORALITIES)
def test_killed_again_and_again(path: StackPath, kept: Path, temporality: Temporality) -> None:
    session, truth = f"killed-backfill-{temporality}", Truth()
    clients = [Client(f"{session}-{number}", temporality, truth) for number in range(6)]
    for number, client in enumerate(clients):
        keep(kept, briskly(client, f"02:{number:02}:00.300", 40))
    for number, client in enumerate(clients[:3]):
        path.send(briskly(client, f"04:{number:02}:00.300", 5), "grpc")
    dice = random.Random(temporality)
    for _ in range(KILLS):
        with subprocess.Popen(
            [sys.executable, "-c", SMALL_BATCHES, str(kept), path.grpc, path.loki_url],
            stdout=subprocess.PIPE,
            text=True,
        ) as process:
            assert process.stdout is not None
            process.stdout.readline()
            with contextlib.suppress(subprocess.TimeoutExpired):
                process.wait(dice.uniform(0, 0.03))
            process.kill()
        if dice.random() < 0.5:
            path.flush()
    [sent] = run(path, kept)
    assert sent.startswith("sent: ")
    for window in cuts(truth, few=True):
        check(path, window, session, truth)


@pytest.mark.parametrize("temporality", TEMPORALITIES)
def test_sent_again_it_changes_nothing(
    path: StackPath, kept: Path, temporality: Temporality
) -> None:
    session, truth = f"again-{temporality}", Truth()
    keep(kept, briskly(Client(session, temporality, truth), "02:00:00.300", 20))
    [sent] = run(path, kept)
    assert re.fullmatch(r"sent: \d+ records", sent)
    path.flush()
    assert run(path, kept) == ["Nothing to send: the stack has what is kept."]
    with closing(Outbox(kept, 0)) as backlog:
        backlog.start_over()
    assert run(path, kept) == [sent]
    for window in cuts(truth, few=True):
        check(path, window, session, truth)


def test_another_stack_gets_all(path: StackPath, kept: Path) -> None:
    session, truth = "another-stack", Truth()
    keep(kept, briskly(Client(session, "delta", truth), "02:00:00.300", 20))
    with closing(Outbox(kept, 0)) as backlog:
        backlog.mark = BEGIN
        while batch := backlog.next("events"):
            backlog.begin(batch)
            backlog.done(batch)
    assert run(path, kept)[0] == "This stack was not sent to before: it gets all that is kept."
    for window in cuts(truth, few=True):
        check(path, window, session, truth)
