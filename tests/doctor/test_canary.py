"""200 looks of doctor's change no number and no session; what stays on Loki is counted."""

import json
import os
import time
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest

from ccotel_tui.claude.destination import Destination
from ccotel_tui.doctor.facts import StackFacts
from ccotel_tui.doctor.gather import gather
from ccotel_tui.doctor.machine.canary import answer_of
from ccotel_tui.doctor.machine.stack_lag import canary_rows, with_lags
from ccotel_tui.network.http import HttpClient
from tests.cli.test_words import run
from tests.doctor.test_living import CLIENT, Machine, rows
from tests.recorder.running import recorder
from tests.sampling import mostly_slow
from tests.servers.servers import Stack, until

RUNS = 200
RECORDING = Path(__file__).parents[1] / "data" / "sessions-2.1.332.jsonl"
_TOLD = ("state", "value", "parts", "rows", "notes")
WITHIN = 60.0
"""Seconds."""


@pytest.fixture
def machine(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Machine]:
    with recorder(tmp_path / "telemetry.db") as running:
        machine = Machine(tmp_path, running)
        for name, value in machine.variables.items():
            monkeypatch.setenv(name, value)
        yield machine


def numbers(*source: str) -> Any:
    """All panels and sessions of a window that is over before the canaries and reaches beyond."""
    now = time.time()
    since, to = (time.strftime("%Y-%m-%dT%H:00", time.gmtime(now + h * 3600)) for h in (-24, 2))
    window = ("--from", f"{since}Z", "--to", f"{to}Z")
    panels = json.loads(run("panels", "--json", *window, *source).stdout)["panels"]
    # A rate is over the time so far, buckets fill with 0, and these parts are of the last minutes.
    for panel, part in (("active_sessions", "last_5m"), ("total_cost", "unseen")):
        panels[panel]["parts"].pop(part, None)
    sessions = run("sessions", "--json", *window, *source).stdout
    events = run("events", "--json", "--limit", "1000", *window, *source).stdout
    del panels["tool_rate"]
    told = {name: [panel[what] for what in _TOLD] for name, panel in panels.items()}
    return told, sessions, events


def destination_of(address: str) -> Destination:
    host, _, port = address.rpartition(":")
    return Destination("grpc", f"http://{address}", host, int(port), None)


@pytest.mark.parametrize("runs", mostly_slow([20, RUNS]))
def test_no_number_of_the_store_changes(runs: int, machine: Machine) -> None:
    sent = run("replay", str(RECORDING), "--now", "--endpoint", machine.running.grpc)
    assert sent.returncode == 0
    source = ("--source", "embedded", "--db", str(machine.database))
    before = rows(machine.database), numbers(*source)
    assert before[1][0]["total_cost"][1]
    assert os.environ["HOME"] == str(machine.path)
    assert (machine.path / "bin" / "claude").read_text() == CLIENT
    facts = gather(machine.database, False, StackFacts())
    assert [answer.kind for answer in facts.answers] == ["ok"]
    place = destination_of(machine.running.grpc)
    for _ in range(runs):
        assert answer_of(place, to_foreign=False).kind == "ok"
    assert (rows(machine.database), numbers(*source)) == before


@pytest.mark.servers
def test_no_number_of_the_stack_changes_and_the_rows_are_counted(tmp_path: Path) -> None:
    with Stack(tmp_path) as stack, closing(HttpClient()) as client:
        if stack.loki is None:
            pytest.skip("no Loki on this machine: its recorded answers have no canary")
        sent = run("replay", str(RECORDING), "--now", "--endpoint", stack.collector.grpc)
        assert sent.returncode == 0
        stack.settle()
        urls = ("--prometheus-url", stack.prometheus.url, "--loki-url", stack.loki.url)
        source = ("--source", "stack", *urls)
        before = numbers(*source)
        assert before[0]["total_cost"][1]
        loki = stack.loki.url.removeprefix("http://")
        place = destination_of(stack.collector.grpc)
        began_ns = time.time_ns()
        assert canary_rows(client, loki, began_ns) == 0
        for _ in range(RUNS):
            assert answer_of(place, to_foreign=True).kind == "ok"
        stack.settle()
        assert until(lambda: canary_rows(client, loki, began_ns) == RUNS, WITHIN)
        assert numbers(*source) == before
        published = {"loki": loki, "prometheus": stack.prometheus.url.removeprefix("http://")}
        facts = with_lags(StackFacts(True, published=published), began_ns, was_sent=True)
        assert facts.canaries == RUNS
        assert facts.lags["loki"] < WITHIN
        assert facts.dropped == {}
