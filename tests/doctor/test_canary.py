"""200 looks of doctor's change no number and no session; what stays on Loki is counted."""

import json
import os
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import closing
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest

from ccotel_tui.claude.destination import Destination
from ccotel_tui.doctor.facts import StackFacts
from ccotel_tui.doctor.gather import gather
from ccotel_tui.doctor.machine.canary import send_canary
from ccotel_tui.doctor.machine.stack_lag import canary_rows, with_lags
from ccotel_tui.network.http import HttpClient
from tests.cli.test_words import run
from tests.doctor.test_living import CLIENT, Machine, rows
from tests.recorder.running import recorder
from tests.servers.servers import Stack, until
from tests.tools.sampling import mostly_slow

RUNS = 200
RECORDING = Path(__file__).parents[1] / "data" / "sessions-2.1.332.jsonl"
_STILL = """
import sys, time
now = int(sys.argv.pop(1))
time.time, time.time_ns = lambda: float(now), lambda: now * 1_000_000_000
from ccotel_tui.__main__ import run
run()
"""
WITHIN = 60.0
"""Seconds."""


@pytest.fixture
def machine(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Machine]:
    with recorder(tmp_path / "telemetry.db") as running:
        machine = Machine(tmp_path, running)
        for name, value in machine.variables.items():
            monkeypatch.setenv(name, value)
        yield machine


@dataclass
class Hour:
    """The hour up to a moment at which the clock stands still for those who ask."""

    monkeypatch: pytest.MonkeyPatch
    to: int = field(default_factory=lambda: int(time.time()) + 1)

    @property
    def from_ns(self) -> int:
        return (self.to - 3600) * 1_000_000_000

    def answers(self, *source: str) -> list[Any]:
        """All that is said of it, whole: panels with their series, sessions, events, usage."""
        window = ("--from", _utc(self.to - 3600), "--to", _utc(self.to))
        return [
            self._asked(*words, "--json", *window, *source)
            for words in (("panels",), ("sessions",), ("events",), ("usage", "--by", "session"))
        ]

    def date_canaries(self, number: int) -> None:
        """Date the next ones all over the hour."""
        dates = (self.from_ns + 3_600_000_000_000 * index // number for index in range(number))
        self.monkeypatch.setattr("ccotel_tui.doctor.machine.canary.time_ns", dates.__next__)

    def _asked(self, *words: str) -> Any:
        done = subprocess.run(
            [sys.executable, "-c", _STILL, str(self.to), *words],
            capture_output=True,
            text=True,
            stdin=subprocess.DEVNULL,
        )
        assert done.returncode == 0, done.stderr
        return [json.loads(line) for line in done.stdout.splitlines()]


def _utc(seconds: int) -> str:
    return time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime(seconds))


def total_cost(answers: list[Any]) -> float | None:
    value: float | None = answers[0][0]["panels"]["total_cost"]["value"]
    return value


def destination_of(address: str) -> Destination:
    host, _, port = address.rpartition(":")
    return Destination("grpc", f"http://{address}", host, int(port), None)


@pytest.mark.parametrize("runs", mostly_slow([20, RUNS]))
def test_no_number_of_the_store_changes(
    runs: int, machine: Machine, monkeypatch: pytest.MonkeyPatch
) -> None:
    sent = run("replay", str(RECORDING), "--now", "--endpoint", machine.running.grpc)
    assert sent.returncode == 0
    source = ("--source", "embedded", "--db", str(machine.database))
    hour = Hour(monkeypatch)
    before = rows(machine.database), hour.answers(*source)
    assert total_cost(before[1])
    assert os.environ["HOME"] == str(machine.path)
    assert (machine.path / "bin" / "claude").read_text() == CLIENT
    facts = gather(machine.database, False, StackFacts())
    assert [answer.kind for answer in facts.answers] == ["ok"]
    place = destination_of(machine.running.grpc)
    hour.date_canaries(runs)
    for _ in range(runs):
        assert send_canary(place, to_foreign=False).kind == "ok"
    assert (rows(machine.database), hour.answers(*source)) == before


@pytest.mark.servers
def test_no_number_of_the_stack_changes_and_the_rows_are_counted(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with Stack(tmp_path) as stack, closing(HttpClient()) as client:
        if stack.loki is None:
            pytest.skip("no Loki on this machine: its recorded answers have no canary")
        sent = run("replay", str(RECORDING), "--now", "--endpoint", stack.collector.grpc)
        assert sent.returncode == 0
        stack.settle()
        urls = ("--prometheus-url", stack.prometheus.url, "--loki-url", stack.loki.url)
        source = ("--source", "stack", *urls)
        hour = Hour(monkeypatch)
        before = hour.answers(*source)
        assert total_cost(before)
        loki = stack.loki.url.removeprefix("http://")
        place = destination_of(stack.collector.grpc)
        assert canary_rows(client, loki, hour.from_ns) == 0
        hour.date_canaries(RUNS)
        for _ in range(RUNS):
            assert send_canary(place, to_foreign=True).kind == "ok"
        stack.settle()
        assert until(lambda: canary_rows(client, loki, hour.from_ns) == RUNS, WITHIN)
        assert hour.answers(*source) == before
        published = {"loki": loki, "prometheus": stack.prometheus.url.removeprefix("http://")}
        facts = with_lags(StackFacts(True, published=published), hour.from_ns, was_sent=True)
        assert facts.canaries == RUNS
        assert facts.lags["loki"] < WITHIN
        assert facts.dropped == {}


def test_an_address_of_a_server_that_is_no_url_ends_nothing(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("CCOTEL_LOKI_URL", "http://[::1")
    facts = gather(tmp_path / "telemetry.db", False, StackFacts())
    assert facts.read_at == {"prometheus": "127.0.0.1:19090", "loki": ""}
