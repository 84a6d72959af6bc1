"""The user service: what is written, what is run, and what is left when that fails."""

import os
import plistlib
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path

import pytest

from ccotel_tui.errors import ServiceFailed
from ccotel_tui.recorder.service import launchd_agent, systemd_unit

COMMAND = ["/opt/my python/bin/python", "-m", "ccotel_tui", "record", "--db", '/data/50%/"$x".db']

UNIT = """\
[Unit]
Description=Recorder of Claude Code's telemetry (ccotel-tui)

[Service]
ExecStart="/opt/my python/bin/python" "-m" "ccotel_tui" "record" "--db" "/data/50%%/\\"$$x\\".db"
Restart=on-failure
RestartSec=1

[Install]
WantedBy=default.target
"""


class Recorded:
    """Commands that were to be run; the one that fails is given by a word of it."""

    def __init__(self, failing: str = "") -> None:
        self.commands: list[str] = []
        self.failing = failing

    def __call__(self, command: Sequence[str]) -> None:
        self.commands.append(" ".join(command))
        if self.failing and self.failing in command:
            raise ServiceFailed("no")


def test_the_unit_is_quoted_as_systemd_reads_it(tmp_path: Path) -> None:
    unit = systemd_unit(COMMAND, tmp_path)
    assert unit.content.decode() == UNIT
    assert unit.file == tmp_path / "systemd/user/ccotel-tui.service"


def test_the_agent_runs_the_very_command(tmp_path: Path) -> None:
    agent = launchd_agent(COMMAND, tmp_path, 501)
    assert agent.file == tmp_path / "Library/LaunchAgents/ccotel-tui.plist"
    assert plistlib.loads(agent.content) == {
        "Label": "ccotel-tui",
        "ProgramArguments": COMMAND,
        "RunAtLoad": True,
        "KeepAlive": {"SuccessfulExit": False},
        "StandardErrorPath": str(tmp_path / "Library/Logs/ccotel-tui-recorder.log"),
    }


SYSTEMD = {
    "install": [
        "systemctl --user daemon-reload",
        "systemctl --user enable ccotel-tui.service",
        "systemctl --user restart ccotel-tui.service",
    ],
    "uninstall": [
        "systemctl --user disable --now ccotel-tui.service",
        "systemctl --user daemon-reload",
    ],
}
LAUNCHD = {
    "install": [
        "launchctl bootout gui/501/ccotel-tui",
        "launchctl enable gui/501/ccotel-tui",
        "launchctl bootstrap gui/501 {file}",
    ],
    "uninstall": ["launchctl bootout gui/501/ccotel-tui"],
}


@pytest.mark.parametrize("platform", ["systemd", "launchd"])
def test_installing_twice_and_removing(tmp_path: Path, platform: str) -> None:
    if platform == "systemd":
        ours, expected = systemd_unit(COMMAND, tmp_path), SYSTEMD
    else:
        ours, expected = launchd_agent(COMMAND, tmp_path, 501), LAUNCHD
    for _ in range(2):
        run = Recorded(failing="bootout")
        assert str(ours.file) in ours.install(run)
        assert run.commands == [c.format(file=ours.file) for c in expected["install"]]
        assert ours.file.read_bytes() == ours.content
    run = Recorded(failing="bootout")
    assert str(ours.file) in ours.uninstall(run)
    assert run.commands == expected["uninstall"]
    assert not ours.file.exists()
    nothing = Recorded()
    assert "There is no service" in ours.uninstall(nothing)
    assert nothing.commands == []


def test_a_failure_leaves_the_file_as_it_was(tmp_path: Path) -> None:
    first, second = systemd_unit(COMMAND, tmp_path), systemd_unit([*COMMAND, "--wait"], tmp_path)
    with pytest.raises(ServiceFailed):
        first.install(Recorded("enable"))
    assert not first.file.exists()
    first.install(Recorded())
    with pytest.raises(ServiceFailed):
        second.install(Recorded("restart"))
    assert first.file.read_bytes() == first.content
    with pytest.raises(ServiceFailed):
        first.uninstall(Recorded("disable"))
    assert first.file.exists()


def record(home: Path, path: str, *words: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "ccotel_tui", "record", "--db", str(home / "a.db"), *words],
        capture_output=True,
        text=True,
        env={"HOME": str(home), "PATH": path},
    )


@pytest.mark.skipif(sys.platform != "linux", reason="systemd")
def test_the_words_typed_reach_systemctl(tmp_path: Path) -> None:
    calls = tmp_path / "calls"
    systemctl = tmp_path / "bin" / "systemctl"
    systemctl.parent.mkdir()
    systemctl.write_text(f'#!/bin/sh\necho "$@" >> {calls}\n')
    systemctl.chmod(0o755)
    path = f"{systemctl.parent}:{os.environ['PATH']}"
    file = tmp_path / ".config/systemd/user/ccotel-tui.service"

    done = record(tmp_path, path, "--install", "--otlp-grpc", "127.0.0.1:4317")
    assert (done.returncode, str(file) in done.stdout) == (0, True), done.stderr
    started = file.read_text()
    assert f'ExecStart="{sys.executable}" "-P" "-m" "ccotel_tui" "record" "--wait"' in started
    assert f'"--db" "{tmp_path / "a.db"}" "--otlp-grpc" "127.0.0.1:4317"' in started

    assert record(tmp_path, path, "--uninstall").returncode == 0
    assert not file.exists()
    assert calls.read_text().splitlines() == [
        "--user daemon-reload",
        "--user enable ccotel-tui.service",
        "--user restart ccotel-tui.service",
        "--user disable --now ccotel-tui.service",
        "--user daemon-reload",
    ]

    systemctl.write_text("#!/bin/sh\necho 'Failed to connect to bus' >&2; exit 1\n")
    done = record(tmp_path, path, "--install")
    assert (done.returncode, file.exists()) == (1, False)
    assert "Failed to connect to bus" in done.stderr
    assert "`ccotel-tui record` open" in done.stderr

    done = record(tmp_path, "/nowhere", "--install")
    assert (done.returncode, file.exists()) == (1, False)
    assert "There is no systemctl" in done.stderr
