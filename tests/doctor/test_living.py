"""`doctor` as typed, on a living recorder and on what takes its place."""

import json
import os
import shlex
import signal
import socket
import subprocess
import time
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest

from ccotel_tui.store.file.connection import connect
from tests.cli.test_words import run
from tests.recorder.running import LOGS, Recorder, export, recorder
from tests.tools.otlp import event, logs_request

CLIENT = "#!/bin/sh\necho '2.1.332 (Claude Code)'\n"


class Machine:
    """A home with a Claude Code, set up for what listens."""

    def __init__(self, path: Path, running: Recorder) -> None:
        self.path, self.running = path, running
        self.database = path / "telemetry.db"
        client = path / "bin" / "claude"
        client.parent.mkdir()
        client.write_text(CLIENT)
        client.chmod(0o755)
        self.variables = {
            "HOME": str(path),
            "XDG_DATA_HOME": str(path / "data"),
            "PATH": f"{client.parent}:{os.environ['PATH']}",
        }
        done = self.typed("setup", "--yes")
        assert done.returncode == 0, done.stderr

    def typed(self, *words: str, **more: str) -> subprocess.CompletedProcess[str]:
        return run(*words, "--db", str(self.database), **{**self.variables, **more})

    def doctor(self, **more: str) -> dict[str, Any]:
        done = self.typed("doctor", "--json", **more)
        document: dict[str, Any] = json.loads(done.stdout)
        assert done.returncode == (1 if document["first_failure"] else 0)
        return document

    def point_at(self, address: str, protocol: str = "grpc") -> None:
        settings = self.path / ".claude" / "settings.json"
        document = json.loads(settings.read_text())
        document["env"]["OTEL_EXPORTER_OTLP_ENDPOINT"] = f"http://{address}"
        document["env"]["OTEL_EXPORTER_OTLP_PROTOCOL"] = protocol
        settings.write_text(json.dumps(document))


@pytest.fixture
def machine(tmp_path: Path) -> Iterator[Machine]:
    with recorder(tmp_path / "telemetry.db") as running:
        yield Machine(tmp_path, running)


def rows(database: Path) -> list[int]:
    tables = ("events", "increments", "series", "origins")
    with closing(connect(database)) as connection:
        return [
            connection.execute(f"SELECT count(*) FROM {table}").fetchone()[0] for table in tables
        ]


@pytest.mark.parametrize("protocol", ["grpc", "http/protobuf"])
def test_a_living_set_up_is_well_and_the_canary_leaves_nothing(
    machine: Machine, protocol: str
) -> None:
    machine.point_at(machine.running.grpc, protocol)
    before = rows(machine.database)
    for _ in range(3):
        document = machine.doctor()
        assert document["first_failure"] is None
        states = {row["id"]: row["state"] for row in document["checks"]}
        assert (states["answer"], states["recorder"], states["data"]) == ("ok", "ok", "warn")
    assert rows(machine.database) == before
    assert "Every link holds." in machine.typed("doctor").stdout


def test_each_living_break_is_named(machine: Machine) -> None:
    with closing(socket.socket()) as bound_only, socket.create_server(("127.0.0.1", 0)) as mute:
        bound_only.bind(("127.0.0.1", 0))
        machine.point_at(f"127.0.0.1:{bound_only.getsockname()[1]}")
        assert machine.doctor()["first_failure"] == "answer"
        machine.point_at(f"127.0.0.1:{mute.getsockname()[1]}")
        assert machine.doctor()["first_failure"] == "answer"
    machine.point_at(machine.running.grpc)
    assert machine.doctor()["first_failure"] is None
    assert machine.doctor(HTTPS_PROXY="http://127.0.0.1:1")["first_failure"] == "proxy"
    machine.path.joinpath("bin", "claude").unlink()
    assert machine.doctor(PATH=os.defpath)["first_failure"] == "client"
    records = logs_request(event("user_prompt", time.time_ns(), "aaaa1111"))
    export(machine.running.grpc, LOGS, records.SerializeToString())
    client = machine.doctor(PATH=os.defpath)["checks"][0]
    assert (client["id"], client["state"]) == ("client", "ok")
    assert client["found"].startswith("not on the PATH, but heard ")


def test_the_next_step_followed_literally_mends_it(machine: Machine) -> None:
    machine.point_at("otel.corp:4317")
    document = machine.doctor()
    (broken,) = [row for row in document["checks"] if row["id"] == document["first_failure"]]
    assert broken["id"] == "endpoint"
    words = [*shlex.split(broken["next"]), "--yes", "--db", str(machine.database)]
    subprocess.run(words, env={**os.environ, **machine.variables}, check=True)
    assert machine.doctor()["first_failure"] is None


def test_no_recorder_is_named(machine: Machine) -> None:
    machine.running.process.send_signal(signal.SIGTERM)
    machine.running.process.wait()
    assert machine.doctor()["first_failure"] == "recorder"
