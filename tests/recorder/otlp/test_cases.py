"""Small inputs from the field, each of which stands for a kind, and the right values."""

import gzip
import json
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest

from tests.recorder.running import JSON, Recorder, export_lines, post, recorder

CASES = Path(__file__).parents[2] / "data" / "cases"
WINDOW = ("--from", "2026-11-28T11:00Z", "--to", "2026-11-28T13:00Z")


def asked(database: Path, *words: str) -> subprocess.CompletedProcess[str]:
    """What the command says of the database."""
    command = [sys.executable, "-m", "ccotel_tui", *words]
    where = ["--source", "embedded"] if words[0] != "export" else []
    return subprocess.run(
        [*command, *where, "--db", str(database)], capture_output=True, text=True, timeout=60
    )


def panels(database: Path, *words: str) -> dict[str, Any]:
    done = asked(database, "panels", "--json", *WINDOW, *words)
    assert done.returncode == 0, done.stderr
    answers: dict[str, Any] = json.loads(done.stdout)["panels"]
    return answers


@contextmanager
def kept(database: Path, case: str, times: int = 1) -> Iterator[list[tuple[int, bytes]]]:
    """A database that a recorder has filled with the case, and what the recorder answered."""
    body = next(CASES.glob(f"{case}-*.json")).read_bytes()
    with recorder(database) as running:
        yield [post(running.http, "/v1/logs", body, JSON) for _ in range(times)]


def test_whose_it_is_does_not_follow_from_the_services_name(database: Path) -> None:
    with kept(database, "01"):
        cost = panels(database)["total_cost"]
    assert (cost["value"], cost["exact"]) == (1.0, True)
    assert panels(database)["active_sessions"]["value"] == 4


def test_a_value_that_cannot_be_read_costs_its_record_nothing_else(database: Path) -> None:
    with kept(database, "02") as answers:
        [(status, body)] = answers
        answered = panels(database)
    assert status == 200
    assert json.loads(body)["partialSuccess"]["errorMessage"]
    assert answered["total_cost"]["value"] == 0.25
    assert answered["total_cost"]["exact"] is False
    assert "1 of 2 requests told no cost." in answered["total_cost"]["notes"]
    assert answered["dev_activity"]["parts"]["prompts"] == 1
    assert answered["tool_count"]["value"] == 1


def test_what_the_resource_says_every_record_says(database: Path) -> None:
    with kept(database, "07"):
        assert panels(database, "--filter", "project=shop")["total_cost"]["value"] == 0.25
        assert panels(database, "--filter", "team.id=platform")["total_cost"]["value"] == 0.25
        assert panels(database, "--filter", "project=other")["total_cost"]["value"] is None
        exported = asked(database, "export").stdout
    assert '{"key":"project","value":{"stringValue":"shop"}}' in exported


def test_equal_records_of_one_request_are_distinct(database: Path) -> None:
    with kept(database, "09", times=2):
        answered = panels(database)
    assert answered["tool_count"]["value"] == 4
    assert answered["total_cost"]["value"] == 1.0


def test_a_cost_that_is_not_there_is_told_beside_the_sum(database: Path) -> None:
    with kept(database, "10"):
        for id in ("total_cost", "cost_by_model"):
            cost = panels(database)[id]
            assert cost["value"] == pytest.approx(0.30001, abs=1e-9)
            assert cost["exact"] is False
            assert "5 of 8 requests told no cost." in cost["notes"]


@pytest.mark.parametrize("case", ["01", "02", "07", "09", "10"])
def test_an_export_sent_to_another_recorder_exports_the_same(
    database: Path, tmp_path: Path, case: str
) -> None:
    with kept(database, case):
        exported = asked(database, "export").stdout
    assert exported
    other = tmp_path / "other.db"
    with recorder(other) as second:
        export_lines(second, exported)
        assert asked(other, "export").stdout == exported


@pytest.mark.slow
def test_a_line_of_an_export_can_be_taken_however_large_its_records_are(
    running: Recorder, database: Path, tmp_path: Path
) -> None:
    body = json.loads(next(CASES.glob("09-*.json")).read_text())
    [scope] = body["resourceLogs"][0]["scopeLogs"]
    for record in scope["logRecords"]:
        text = {"key": "tool_input", "value": {"stringValue": "x" * 1_000_000}}
        record["attributes"].append(text)
    scope["logRecords"] *= 4
    assert post(running.http, "/v1/logs", json.dumps(body).encode(), JSON)[0] == 200
    exported = asked(database, "export").stdout
    assert max(map(len, exported.splitlines())) < 32 * 1024 * 1024
    other = tmp_path / "other.db"
    with recorder(other) as second:
        export_lines(second, exported)
        assert asked(other, "export").stdout == exported


def test_a_null_in_the_status_line_is_looked_up(database: Path) -> None:
    with kept(database, "07"), (CASES / "14-status-null.json").open() as status:
        command = [sys.executable, "-m", "ccotel_tui", "line", "--source", "embedded"]
        done = subprocess.run(
            [*command, "--db", str(database)], stdin=status, capture_output=True, text=True
        )
    assert (done.returncode, done.stderr) == (0, "")
    assert done.stdout.startswith("$0.25 session")


def test_several_gzip_members_are_one_body(running: Recorder, database: Path) -> None:
    body = next(CASES.glob("01-*.json")).read_bytes()
    halves = gzip.compress(body[:1000]) + gzip.compress(body[1000:])
    assert post(running.http, "/v1/logs", halves, JSON, Content_Encoding="gzip")[0] == 200
    assert panels(database)["total_cost"]["value"] == 1.0
    trailed = gzip.compress(body) + b"trash"
    assert post(running.http, "/v1/logs", trailed, JSON, Content_Encoding="gzip")[0] == 400


def test_what_a_request_has_of_another_signal_is_refused_and_told(running: Recorder) -> None:
    body = json.loads(next(CASES.glob("07-*.json")).read_text())
    both = json.dumps(body | {"resourceMetrics": [{"scopeMetrics": []}]}).encode()
    status, answer = post(running.http, "/v1/logs", both, JSON)
    told = json.loads(answer)["partialSuccess"]
    assert (status, told["rejectedLogRecords"]) == (200, "1")
    assert "resourceMetrics in a request of logs" in told["errorMessage"]
    for odd in (b"[]", b'{"foo": [1]}', b"7"):
        assert post(running.http, "/v1/logs", odd, JSON)[0] == 400


def test_replay_tells_what_the_receiver_refused(running: Recorder) -> None:
    body = json.loads(next(CASES.glob("09-*.json")).read_text())
    record = body["resourceLogs"][0]["scopeLogs"][0]["logRecords"][0]
    record |= {"timeUnixNano": "0", "observedTimeUnixNano": "0"}
    done = subprocess.run(
        [sys.executable, "-m", "ccotel_tui", "replay", "-", "--endpoint", running.grpc],
        input=json.dumps(body),
        capture_output=True,
        text=True,
        timeout=60,
    )
    assert done.returncode == 1
    assert "1 request sent" in done.stdout
    assert "refused 1 record: no time_unix_nano" in done.stderr


def test_a_sender_that_expects_something_else_is_served(running: Recorder) -> None:
    body = next(CASES.glob("07-*.json")).read_bytes()
    assert post(running.http, "/v1/logs", body, JSON, Expect="wow")[0] == 200
