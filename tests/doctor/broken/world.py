"""A home in which every link holds: settings, a session, a recorder, and what it has kept.

All of it is real but `claude`, `npm` and `timedatectl`, which are scripts: no test may install a
client or set the machine's clock.
"""

import json
import re
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager, suppress
from pathlib import Path
from typing import Any

from ccotel_tui.network.loopback import is_loopback
from ccotel_tui.recorder.lock import read_state
from ccotel_tui.telemetry.records import Point
from tests.recorder.running import LOGS, METRICS, Recorder, export
from tests.servers.servers import free_port, until
from tests.tools.otlp import event, logs_request, metrics_request

SESSION = "5e551014-0000-4000-8000-000000000001"
WITHIN = 60.0
"""Seconds; the recorder tells of itself every second, and takes a port back within a few."""

_CLAUDE = "#!/bin/sh\necho '2.1.332 (Claude Code)'\n"
_NPM = '#!/bin/sh\n[ "$3" = @anthropic-ai/claude-code ] && mv "$HOME/claude" "$HOME/bin/claude"\n'
_TIMEDATECTL = '#!/bin/sh\n[ "$*" = "set-ntp true" ] && rm "$HOME/clock/sitecustomize.py"\n'
_CLOCK_BEHIND = "import time\nnow = time.time_ns\ntime.time_ns = lambda: now() - 7_200 * 10**9\n"
_SLEEP = [sys.executable, "-c", "import signal; print(flush=True); signal.pause()"]


class World:
    """`shell` are the variables of the user's shell, `prefix` what starts each command."""

    def __init__(self, home: Path, stack: ExitStack) -> None:
        self.home, self.stack = home, stack
        self.database = home / "data" / "ccotel-tui" / "telemetry.db"
        self.settings = home / ".claude" / "settings.json"
        self.ports = {"grpc": free_port(), "http": free_port()}
        self.shell: dict[str, str] = {}
        self.prefix: list[str] = []
        self.recorder: subprocess.Popen[str] | None = None
        self.session: subprocess.Popen[str] | None = None
        self.sends = True
        self.disk_filler: Path | None = None
        self.broken_line = ("", "")
        """How a line was before, and is."""
        for name, script in (
            ("claude", _CLAUDE),
            ("npm", _NPM),
            ("timedatectl", _TIMEDATECTL),
        ):
            program = home / "bin" / name
            program.parent.mkdir(exist_ok=True)
            program.write_text(script)
            program.chmod(0o755)
        (home / "work").mkdir()

    @property
    def variables(self) -> dict[str, str]:
        """The environment of what is typed."""
        return {
            "HOME": str(self.home),
            "XDG_DATA_HOME": str(self.home / "data"),
            "XDG_CONFIG_HOME": str(self.home / "config"),
            "PATH": f"{self.home / 'bin'}:{Path(sys.executable).parent}:/usr/bin:/bin:/usr/sbin",
            "PYTHONPATH": str(self.home / "clock"),
            "LANG": "C.UTF-8",
            "TZ": "UTC",
            "DOCKER_HOST": f"unix://{self.home}/no-engine.sock",
            **self.shell,
        }

    def typed(self, *words: str) -> subprocess.CompletedProcess[str]:
        """Run a command as the user would, in a project's folder, without a terminal."""
        return subprocess.run(
            [*self.prefix, *words],
            cwd=self.home / "work",
            env=self.variables,
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
        )

    def doctor(self, *more: str) -> dict[str, Any]:
        """The document of `doctor --json`, its checks by id."""
        done = self.typed("ccotel-tui", "doctor", "--json", *more)
        assert done.stdout, done.stderr
        document = json.loads(done.stdout)
        assert done.returncode == (1 if document["first_failure"] else 0)
        return {**document, "checks": {row["id"]: row for row in document["checks"]}}

    def record(self) -> None:
        """Start `ccotel-tui record` where the settings send, as nobody had given it ports."""
        ports = [f"--otlp-{name}=127.0.0.1:{port}" for name, port in self.ports.items()]
        process = subprocess.Popen(
            [*self.prefix, "ccotel-tui", "record", *ports],
            cwd=self.home / "work",
            env=self.variables,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
        )
        self.stack.callback(_end, process)
        Recorder(process).read()
        self.recorder = process

    def begin_session(self) -> None:
        """Start what stands for a session of the client's, with the shell's variables."""
        if self.session is not None:
            _end(self.session)
        process = subprocess.Popen(
            _SLEEP, env=self.variables, cwd=self.home / "work", stdout=subprocess.PIPE, text=True
        )
        self.stack.callback(_end, process)
        assert process.stdout is not None
        process.stdout.readline()
        began = _status(process.pid)[19]
        registry = self.home / ".claude" / "sessions"
        registry.mkdir(parents=True, exist_ok=True)
        for old in registry.iterdir():
            old.unlink()
        body = {
            "pid": process.pid,
            "procStart": began,
            "sessionId": SESSION,
            "cwd": str(self.home / "work"),
            "name": "work-c4",
            "status": "idle",
            "startedAt": 4_000_000_000_000,
        }
        (registry / f"{process.pid}.json").write_text(json.dumps(body))
        self.session, self.sends = process, True

    def say(self) -> None:
        """Send what a session would, where its settings say; lost where nobody takes it."""
        at = self.endpoint
        host, _, port = at.rpartition(":")
        if not self.sends or not is_loopback(host) or not port.isdigit() or self._is_stopped:
            return
        with suppress(Exception):
            export(
                at,
                LOGS,
                logs_request(event("user_prompt", time.time_ns(), SESSION)).SerializeToString(),
            )
            export(at, METRICS, metrics_request(_spent()).SerializeToString())

    @property
    def _is_stopped(self) -> bool:
        """Whether the recorder takes connections and answers none of them."""
        assert self.recorder is not None
        return self.recorder.poll() is None and _status(self.recorder.pid)[0] == "T"

    @property
    def endpoint(self) -> str:
        """HOST:PORT of the settings, or what stands there."""
        value = str(self.env().get("OTEL_EXPORTER_OTLP_ENDPOINT", ""))
        return value.removeprefix("http://")

    def env(self) -> dict[str, Any]:
        """The variables of the user's settings."""
        with suppress(OSError, ValueError):
            variables: dict[str, Any] = json.loads(self.settings.read_text()).get("env", {})
            return variables
        return {}

    def set(self, **changes: str | None) -> None:
        """Set variables in the user's settings, or take them out."""
        document = json.loads(self.settings.read_text())
        variables = {**document["env"], **changes}
        kept = {name: value for name, value in variables.items() if value is not None}
        self.settings.write_text(json.dumps({**document, "env": kept}, indent=2))

    def end_recorder(self, how: int = signal.SIGTERM) -> None:
        assert self.recorder is not None
        self.recorder.send_signal(how)
        self.recorder.wait()

    def put_clock_back(self) -> None:
        """The clock of what is typed, two hours behind."""
        clock = self.home / "clock"
        clock.mkdir(exist_ok=True)
        (clock / "sitecustomize.py").write_text(_CLOCK_BEHIND)

    def listener(self, script: str, *words: str) -> subprocess.Popen[str]:
        """Start a program of another's, which prints a line when it listens."""
        process = subprocess.Popen(
            [sys.executable, "-c", script, *words], stdout=subprocess.PIPE, text=True
        )
        self.stack.callback(_end, process)
        assert process.stdout is not None
        process.stdout.readline()
        return process


@contextmanager
def living(home: Path) -> Iterator[World]:
    """A world of which doctor says that every link holds."""
    with ExitStack() as stack:
        world = World(home, stack)
        world.record()
        assert world.typed("ccotel-tui", "setup", "--yes").returncode == 0
        world.begin_session()
        world.say()
        document = world.doctor()
        assert document["first_failure"] is None, document
        yield world


def settled(world: World, wanted: str | None) -> dict[str, Any]:
    """Doctor's document as soon as it names this link, or the newest one; the session goes on."""
    seen: list[dict[str, Any]] = []

    def asked() -> bool:
        world.say()
        seen.append(world.doctor())
        return bool(seen[-1]["first_failure"] == wanted)

    until(asked, WITHIN)
    return seen[-1]


def follow(world: World, step: str) -> None:
    """Do what a next step says, word for word."""
    for part in step.split(", then "):
        if match := re.fullmatch(r"make room on the disk of (\S+)", part):
            assert world.disk_filler is not None
            assert str(world.disk_filler.parent) == match[1]
            world.disk_filler.unlink()
        elif match := re.fullmatch(r"mend that line in (\S+)", part):
            path = Path(match[1])
            mended, broken = world.broken_line
            path.write_text(path.read_text().replace(broken, mended, 1))
        elif part.removeprefix("restart it: ") in ("restart it", "claude --continue"):
            world.begin_session()
            world.say()
        elif part == "ccotel-tui record":
            world.record()
        else:
            yes = " --yes" if part.startswith("ccotel-tui setup") else ""
            done = world.typed("bash", "-c", part + yes)
            assert done.returncode == 0, f"{part}: {done.stderr}"


def recorder_says(world: World, *problems: str) -> None:
    """Wait until the recorder has seen that what comes is not stored."""

    def seen() -> bool:
        world.say()
        state = read_state(world.database)
        return bool(state and state.fault and state.fault.reason in problems)

    assert until(seen, WITHIN), read_state(world.database)


def _spent() -> Point:
    at, labels = time.time_ns(), {"session.id": SESSION, "model": "m", "query_source": "main"}
    return Point(at, at, "claude-code", "claude_code.cost.usage", "USD", True, 0.01, labels)


def _status(pid: int) -> list[str]:
    """Return what /proc tells of a process, from its state on (proc(5))."""
    return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()


def unused_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as server:
        port: int = server.getsockname()[1]
        return port


def _end(process: subprocess.Popen[Any]) -> None:
    if process.poll() is None:
        process.send_signal(signal.SIGCONT)
        process.kill()
        process.wait()
    if process.stdout is not None:
        process.stdout.close()
