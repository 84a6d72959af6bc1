"""Another user's program has all the ports of the stack, as nobody hinders it to."""

import json
import os
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest

from ccotel_tui.store.database import Database
from tests.screen.tools.terminal import command_terminal
from tests.tools.other_user import NOBODY, Servers, require_root
from tests.tools.otlp import SECOND, request

PROMETHEUS, LOKI, GRPC, HTTP, GRAFANA = PORTS = 19090, 13100, 14317, 14318, 13000
URLS = [f"--prometheus-url=http://127.0.0.1:{PROMETHEUS}", f"--loki-url=http://127.0.0.1:{LOKI}"]
TOKEN = ["--header", "X-Token: sesame"]


@pytest.fixture
def database(tmp_path: Path) -> Path:
    path = tmp_path / "telemetry.db"
    with closing(Database(path)) as database:
        database.append([request(1.25, at=time.time_ns() - 60 * SECOND)])
    return path


@pytest.fixture
def theirs() -> Iterator[Servers]:
    require_root()
    with Servers(NOBODY, PORTS, new=True) as servers:
        yield servers


@pytest.fixture
def ours() -> Iterator[Servers]:
    """The same program, run by this user."""
    require_root()
    with Servers(os.geteuid(), PORTS, new=True) as servers:
        yield servers


def command(servers: Servers, *words: str | Path) -> list[str]:
    return [*servers.inside, sys.executable, "-m", "ccotel_tui", *map(str, words)]


def run(servers: Servers, *words: str | Path) -> subprocess.CompletedProcess[str]:
    """The command in the network of the servers, without a terminal."""
    return subprocess.run(
        command(servers, *words),
        capture_output=True,
        text=True,
        stdin=subprocess.DEVNULL,
        env={**os.environ, "BROWSER": "true"},
        timeout=120,
    )


def belongs(port: int) -> str:
    return f"127.0.0.1:{port} belongs to user nobody"


def test_it_is_asked_nothing_and_said_once(theirs: Servers, database: Path) -> None:
    done = run(theirs, "panels", "--json", "--db", database, *TOKEN)
    document = json.loads(done.stdout)
    assert (done.returncode, document["source"]) == (0, "embedded")
    assert document["panels"]["total_cost"]["value"] == 1.25
    how = "name it with --prometheus-url or --loki-url to read it."
    assert done.stderr.splitlines() == [
        f"ccotel-tui: {belongs(port)}: {how}" for port in (PROMETHEUS, LOKI)
    ]
    assert theirs.received == []


def test_the_line_asks_nothing_and_stays_quiet(theirs: Servers, database: Path) -> None:
    done = run(theirs, "line", "--db", database, *TOKEN)
    assert (done.returncode, done.stderr) == (0, "")
    assert "$1.25" in done.stdout
    assert theirs.received == []


@pytest.mark.parametrize("words", [URLS, ["--source", "stack"]], ids=["by address", "by source"])
def test_it_is_asked_where_it_is_named(theirs: Servers, database: Path, words: list[str]) -> None:
    done = run(theirs, "panels", "--json", "--db", database, *TOKEN, *words)
    assert (json.loads(done.stdout)["source"], done.stderr) == ("stack", "")
    assert {port for port, _ in theirs.received} == {PROMETHEUS, LOKI}


def test_one_that_is_named_does_not_stand_for_the_other(theirs: Servers, database: Path) -> None:
    done = run(theirs, "panels", "--json", "--db", database, *TOKEN, URLS[0])
    assert json.loads(done.stdout)["source"] == "embedded"
    assert belongs(LOKI) in done.stderr
    assert belongs(PROMETHEUS) not in done.stderr
    assert theirs.received == []


def test_the_history_needs_a_yes(theirs: Servers, database: Path) -> None:
    for words in ([], ["--endpoint", f"127.0.0.1:{GRPC}", URLS[1]]):
        done = run(theirs, "backfill", "--db", database, *words)
        assert done.returncode == 1
        assert f"{belongs(GRPC)}.\n{belongs(LOKI)}.\n" in done.stderr
        assert "with --yes" in done.stderr
    assert theirs.received == []


def test_the_history_goes_there_after_a_yes(theirs: Servers, database: Path) -> None:
    assert run(theirs, "backfill", "--db", database, "--yes").returncode == 1
    [(port, preface), *_] = theirs.received
    assert (port, preface[:14]) == (GRPC, "PRI * HTTP/2.0")


@pytest.mark.parametrize("answer", ["n", "y"])
def test_a_terminal_is_asked(theirs: Servers, database: Path, answer: str) -> None:
    with command_terminal(command(theirs, "backfill", "--db", database)) as shown:
        shown.read_until("Send all that is kept there? [y/N]: ")
        shown.press(f"{answer}\r")
        assert shown.end() == 1
    assert bool(theirs.received) == (answer == "y")


def test_lines_go_there_only_where_it_is_named(
    theirs: Servers, database: Path, tmp_path: Path
) -> None:
    lines = tmp_path / "lines"
    lines.write_text(run(theirs, "export", "--db", database).stdout)
    done = run(theirs, "replay", lines)
    assert (done.returncode, belongs(GRPC) in done.stderr) == (1, True)
    assert theirs.received == []


def test_a_recorder_says_whose_its_ports_are(theirs: Servers, tmp_path: Path) -> None:
    done = run(theirs, "record", "--db", tmp_path / "other.db")
    assert done.returncode == 1
    rest = "it belongs to user nobody, and nothing is sent there."
    assert done.stderr.count(rest) == 2
    assert theirs.received == []


def test_grafana_is_not_opened(theirs: Servers) -> None:
    done = run(theirs, "stack", "open")
    assert (done.returncode, done.stdout) == (1, "")
    assert done.stderr == f"ccotel-tui: {belongs(GRAFANA)}: Grafana is not opened there.\n"
    assert theirs.received == []


def test_the_dashboard_shows_what_it_recorded_itself(theirs: Servers, database: Path) -> None:
    with command_terminal(command(theirs, "--db", database, *TOKEN), 120, 40) as shown:
        shown.read_until("$1.25")
        shown.read_until("ports taken")
        shown.ask("g", "Grafana is not opened there")
        shown.press("q")
        shown.press("q")
        assert shown.end() == 0
    assert theirs.received == []


def test_the_dashboard_reads_what_is_named_and_sends_it_nothing(
    theirs: Servers, database: Path
) -> None:
    with command_terminal(command(theirs, "--db", database, *URLS), 200, 40) as shown:
        shown.read_until("OTEL_METRIC_EXPORT_INTERVAL")
        shown.ask("u", "not sent there unasked")
        shown.press("q")
        assert shown.end() == 0
    assert {port for port, _ in theirs.received} == {PROMETHEUS, LOKI}


def test_the_dashboard_says_why_it_is_not_the_stack(database: Path) -> None:
    require_root()
    with Servers(NOBODY, (PROMETHEUS, LOKI), new=True) as theirs:
        with command_terminal(command(theirs, "--db", database), 160, 40) as shown:
            shown.read_until("belongs to user nobody")
            shown.press("q")
            assert shown.end() == 0
        assert theirs.received == []


def test_the_same_servers_are_used_where_they_are_ours(ours: Servers, database: Path) -> None:
    done = run(ours, "panels", "--json", "--db", database, *TOKEN)
    assert (json.loads(done.stdout)["source"], done.stderr) == ("stack", "")
    assert "waiting" in run(ours, "line", "--db", database).stdout
    assert run(ours, "stack", "open").returncode == 0
    done = run(ours, "record", "--db", database)
    assert "is taken by an OpenTelemetry receiver" in done.stderr
    assert "did not take a request" in run(ours, "backfill", "--db", database).stderr
    assert {port for port, _ in ours.received} >= {PROMETHEUS, LOKI, GRPC, HTTP}
