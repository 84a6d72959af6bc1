"""Each way in which a living set-up breaks: what is done to it, and the links that doctor names.

Those of `BLIND` were composed from what the client does and what goes wrong on machines, without
the rules; those of `KNOWN` with the rules in sight.
"""

import json
import signal
from collections.abc import Callable, Mapping
from typing import NamedTuple

from tests.doctor.broken.world import SESSION, World, recorder_says, unused_port


class Break(NamedTuple):
    """What is done, and the links that are named, each after the one before is mended."""

    done: Callable[[World], None]
    links: tuple[str, ...]


_HTTP = """
import sys
from http.server import HTTPServer, BaseHTTPRequestHandler
server = HTTPServer(("127.0.0.1", int(sys.argv[1])), BaseHTTPRequestHandler)
print(flush=True)
server.serve_forever()
"""
_MUTE = """
import signal, socket, sys
server = socket.create_server(("127.0.0.1", int(sys.argv[1])))
print(flush=True)
signal.pause()
"""
_LOCK = """
import signal, sqlite3, sys
connection = sqlite3.connect(sys.argv[1], isolation_level=None)
connection.execute("BEGIN IMMEDIATE")
print(flush=True)
signal.pause()
"""

ENABLE = "CLAUDE_CODE_ENABLE_TELEMETRY"
ENDPOINT, PROTOCOL = "OTEL_EXPORTER_OTLP_ENDPOINT", "OTEL_EXPORTER_OTLP_PROTOCOL"
LOGS_ENDPOINT = "OTEL_EXPORTER_OTLP_LOGS_ENDPOINT"
METRICS_ENDPOINT = "OTEL_EXPORTER_OTLP_METRICS_ENDPOINT"
LOGS_PROTOCOL = "OTEL_EXPORTER_OTLP_LOGS_PROTOCOL"


def settings(**changes: str | None) -> Callable[[World], None]:
    return lambda world: world.set(**changes)


def shell(**changes: str) -> Callable[[World], None]:
    return lambda world: world.shell.update(changes)


def both(*breaks: Callable[[World], None]) -> Callable[[World], None]:
    def done(world: World) -> None:
        for each in breaks:
            each(world)

    return done


def _broken_settings(world: World) -> None:
    text = world.settings.read_text()
    mended, broken = world.broken_line = ('"otlp",\n', '"otlp"\n')
    assert mended in text
    world.settings.write_text(text.replace(mended, broken, 1))


def _only_in_project(world: World) -> None:
    """Where a newer client does not look."""
    project = world.home / "work" / ".claude" / "settings.json"
    project.parent.mkdir()
    project.write_text(json.dumps({"env": world.env()}))
    world.settings.write_text("{}\n")


def _ended(world: World) -> None:
    """The session is over, and nothing runs that is heard."""
    assert world.session is not None
    world.session.kill()
    world.session.wait()


def _no_client(world: World) -> None:
    """Nor does anything tell of one."""
    (world.home / "bin" / "claude").rename(world.home / "claude")
    _ended(world)
    world.sends = False
    world.typed("ccotel-tui", "forget", "--before", "2100-01-01T00:00:00Z", "--yes")


def _stopped(world: World) -> None:
    assert world.recorder is not None
    world.recorder.send_signal(signal.SIGSTOP)


def _port_taken(world: World) -> None:
    world.end_recorder()
    world.listener(_HTTP, str(world.ports["grpc"]))
    world.listener(_MUTE, str(world.ports["http"]))
    world.record()


def _another_program_answers(world: World) -> None:
    port = unused_port()
    world.listener(_HTTP, str(port))
    world.set(**{ENDPOINT: f"http://127.0.0.1:{port}"})


def _mute(world: World) -> None:
    port = unused_port()
    world.listener(_MUTE, str(port))
    world.set(**{ENDPOINT: f"http://127.0.0.1:{port}"})


def _not_ours(world: World) -> None:
    world.end_recorder()
    for path in world.database.parent.glob("telemetry.db*"):
        path.unlink()
    world.database.write_text("A shopping list: flour, eggs.\n" * 200)
    world.record()


def _overwritten(world: World) -> None:
    """While the recorder has it open, as a backup program does that restores into it."""
    world.database.write_bytes(b"\xff" * 65_536)


def _locked(world: World) -> None:
    world.listener(_LOCK, str(world.database))
    recorder_says(world, "locked")


def _read_only(world: World) -> None:
    world.end_recorder()
    world.prefix = ["setpriv", "--bounding-set=-dac_override"]
    for path in world.database.parent.glob("telemetry.db*"):
        path.chmod(0o400)
    world.record()


def _read_only_later(world: World) -> None:
    world.prefix = ["setpriv", "--bounding-set=-dac_override"]
    world.database.chmod(0o400)


def _disk_full(world: World) -> None:
    fill(world)


def _disk_full_and_seen(world: World) -> None:
    fill(world)
    recorder_says(world, "disk_full")


def fill(world: World) -> None:
    """Leave no room on the disk of the database, which is a small one of its own."""
    folder = world.database.parent
    filler = folder / "filler"
    with filler.open("ab", buffering=0) as file:
        for size in (65_536, 512):
            try:
                while file.write(bytes(size)):
                    pass
            except OSError:
                continue
    world.disk_filler = filler


def _clock_behind(world: World) -> None:
    world.put_clock_back()


def _session_from_before(world: World) -> None:
    """Of a session that runs since before the settings nothing came."""
    _never_heard(world)
    (registered,) = (world.home / ".claude" / "sessions").iterdir()
    body = json.loads(registered.read_text())
    registered.write_text(json.dumps({**body, "startedAt": 1_000}))


def _never_heard(world: World) -> None:
    world.sends = False
    done = world.typed("ccotel-tui", "forget", "--session", SESSION, "--yes")
    assert done.returncode == 0, done.stderr


def _ended_and_gone(world: World) -> None:
    world.end_recorder(signal.SIGKILL)


BLIND: Mapping[str, Break] = {
    "the wrong port": Break(
        lambda world: world.set(**{ENDPOINT: f"http://127.0.0.1:{unused_port()}"}), ("answer",)
    ),
    "another program answers": Break(_another_program_answers, ("answer",)),
    "the protocol in capitals": Break(settings(**{PROTOCOL: "GRPC"}), ("protocol",)),
    "telemetry off in settings": Break(settings(**{ENABLE: "0"}), ("enabled",)),
    "an endpoint of logs left over in settings": Break(
        settings(**{LOGS_ENDPOINT: "http://127.0.0.1:4318"}), ("endpoint",)
    ),
    "an endpoint of metrics left over in the shell": Break(
        shell(**{METRICS_ENDPOINT: "http://127.0.0.1:4317"}), ("endpoint",)
    ),
    "a proxy": Break(shell(HTTPS_PROXY="http://proxy.example.com:3128"), ("proxy",)),
    "the host of a container": Break(
        settings(**{ENDPOINT: "http://otel-collector:4317"}), ("endpoint",)
    ),
    "no scheme": Break(settings(**{ENDPOINT: "localhost:14317"}), ("endpoint",)),
    "the path of a signal": Break(
        settings(**{ENDPOINT: "http://127.0.0.1:4318/v1/logs", PROTOCOL: "http/protobuf"}),
        ("endpoint",),
    ),
    "no exporter of logs": Break(settings(OTEL_LOGS_EXPORTER="none"), ("exporters",)),
    "the recorder stopped": Break(_stopped, ("recorder",)),
    "no recorder": Break(lambda world: world.end_recorder(), ("recorder",)),
    "the ports taken": Break(_port_taken, ("ports", "recorder")),
    "the disk full": Break(_disk_full, ("disk",)),
    "the clock behind": Break(_clock_behind, ("clock",)),
    "a file that is not ours": Break(_not_ours, ("database", "recorder")),
    "a file that is read-only": Break(_read_only_later, ("database",)),
    "only in a project's settings": Break(both(_only_in_project, _ended), ("enabled",)),
    "settings that are no JSON": Break(_broken_settings, ("settings",)),
    "no client": Break(_no_client, ("client",)),
    "a session that runs from before": Break(_session_from_before, ("sessions",)),
    "a file locked by another program": Break(_locked, ("recorder",)),
}

KNOWN: Mapping[str, Break] = {
    "telemetry not set": Break(both(settings(**{ENABLE: None}), _ended), ("enabled",)),
    "no exporter of metrics set": Break(settings(OTEL_METRICS_EXPORTER=None), ("exporters",)),
    "a protocol of logs left over in the shell": Break(
        shell(**{LOGS_PROTOCOL: "protobuf"}), ("protocol",)
    ),
    "https": Break(settings(**{ENDPOINT: "https://127.0.0.1:14317"}), ("endpoint",)),
    "no port there can be": Break(settings(**{ENDPOINT: "http://127.0.0.1:143170"}), ("endpoint",)),
    "a proxy for gRPC alone": Break(
        shell(grpc_proxy="http://proxy.example.com:3128", no_proxy="corp"), ("proxy",)
    ),
    "a program that does not answer": Break(_mute, ("answer",)),
    "a recorder killed": Break(_ended_and_gone, ("recorder",)),
    "the disk full, and seen": Break(_disk_full_and_seen, ("disk",)),
    "a file overwritten": Break(_overwritten, ("database",)),
    "a file that was read-only at the start": Break(_read_only, ("database", "recorder")),
}

BEHIND: Mapping[str, Break] = {
    "off, and the recorder stopped": Break(
        both(settings(**{ENABLE: "0"}), _stopped), ("enabled", "recorder")
    ),
    "settings that are no JSON, and a proxy": Break(
        both(_broken_settings, shell(HTTPS_PROXY="http://proxy.example.com:3128")),
        ("settings", "proxy"),
    ),
    "a proxy, and the recorder stopped": Break(
        both(shell(HTTPS_PROXY="http://proxy.example.com:3128"), _stopped), ("proxy", "recorder")
    ),
    "no recorder, and the clock behind": Break(
        both(lambda world: world.end_recorder(), _clock_behind), ("recorder", "clock")
    ),
    "no client, and no exporter of logs": Break(
        both(_no_client, settings(OTEL_LOGS_EXPORTER="none")), ("client", "exporters")
    ),
    "a file that is not ours, and a session from before": Break(
        both(_session_from_before, _not_ours), ("database", "recorder", "sessions")
    ),
}

ON_A_SMALL_DISK = ("the disk full", "the disk full, and seen")
AS_ROOT = (*ON_A_SMALL_DISK, "a file that is read-only", "a file that was read-only at the start")
