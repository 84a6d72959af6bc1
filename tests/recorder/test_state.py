"""What a recorder tells as JSON: it is read back, also by a version that knows more or less."""

import errno
import json
import os
from pathlib import Path

import pytest

from ccotel_tui.errors import BadDatabase
from ccotel_tui.recorder.child.events import (
    Failed,
    LogSetAside,
    PortsChanged,
    RecorderEvent,
    WaitingForPorts,
    WaitingForRecorder,
    event_line,
    parse_event,
)
from ccotel_tui.recorder.lock import read_state
from ccotel_tui.recorder.refusals import Refusal
from ccotel_tui.recorder.state import (
    Fault,
    Moved,
    PortOwner,
    PortState,
    RecorderState,
    state_line,
    state_of,
)
from ccotel_tui.store.file.place import FilePlace
from tests.recorder.running import recorder

PORTS = (
    PortState("grpc", "127.0.0.1", 14317, bound=True),
    PortState(
        "http", "::1", 9, False, PortOwner("unknown", "a\n\x1b[31m\udc9b", 7, "belongs to x")
    ),
)
STATE = RecorderState(
    *(7, 1.5, PORTS, True, 3, {"path": 2}, Refusal(1.0, "path", "no"), Fault("disk_full", "full")),
    *(Moved(1.0, 2.0), {"oldest": 4}, FilePlace((1, 2), None, (3, 4))),
)


def test_a_state_is_read_back() -> None:
    line = state_line(STATE)
    assert state_of(json.loads(line)) == STATE
    assert "\n" not in line
    assert state_of(json.loads(state_line(RecorderState()))) == RecorderState()


def test_a_lock_that_cannot_be_opened_is_named(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """As one of root's, after a recorder under sudo."""

    def refuse(path: str, _: int) -> int:
        raise PermissionError(errno.EACCES, "Permission denied", path)

    (tmp_path / "telemetry.db.lock").touch()
    monkeypatch.setattr(os, "open", refuse)
    with pytest.raises(BadDatabase, match=r"telemetry\.db\.lock cannot be written \(no permission"):
        read_state(tmp_path / "telemetry.db")


def test_a_state_of_a_later_version_is_read_without_what_it_has_more() -> None:
    document = {**json.loads(state_line(STATE)), "mood": "good"}
    document["fault"]["errno"] = 28
    for port in document["ports"]:
        port["tls"] = True
    document["ports"][1]["owner"] |= {"kind": "spaceship", "orbit": "low"}
    assert state_of(document) == STATE


def test_a_state_of_version_0_1_0_is_read() -> None:
    """A recorder that runs while a newer version is installed."""
    line = (
        '{"pid": 7, "since": 1.5, "listening": ["OTLP/gRPC 127.0.0.1:14317", "OTLP/HTTP [::1]:9"], '
        '"problem": "", "spans": 3, "refused": {}, "last_refusal": null, "fault": null, '
        '"moved": null, "deleted": {}, "place": [[1, 2], null, [3, 4]], "silent": 0.0}'
    )
    state = state_of(json.loads(line))
    assert state.ports == (PORTS[0], PortState("http", "::1", 9, bound=True))
    assert state.records
    assert (state.pid, state.spans, state.place) == (7, 3, STATE.place)


@pytest.mark.parametrize(
    "event",
    [
        WaitingForRecorder(7),
        WaitingForPorts(),
        PortsChanged(PORTS, handed_over=True),
        LogSetAside("/a/b\n.db-wal"),
        Failed("It broke:\nbadly."),
    ],
)
def test_an_event_is_read_back(event: RecorderEvent) -> None:
    line = event_line(event)
    assert "\n" not in line
    assert parse_event(line) == event


@pytest.mark.parametrize(
    "line",
    [
        *("", "Fatal Python error", "7", "[1]", "{}", '{"event": []}', '{"event": "x"}'),
        *('{"event": "failed"}', '{"event": "ports", "ports": [{}]}'),
    ],
)
def test_another_line_is_no_event(line: str) -> None:
    assert parse_event(line) is None


def test_a_child_tells_events_alone_and_why_it_ends(tmp_path: Path) -> None:
    broken = tmp_path / "broken.db"
    broken.write_bytes(b"not a database, but long enough to be read as one " * 100)
    with recorder(tmp_path / "telemetry.db", "--child") as first:
        assert isinstance(first.event, PortsChanged)
        assert first.event.ports == tuple(port for port in first.event.ports if port.bound)
        first.close_pipe()
        assert first.read() == ""
    with recorder(broken, "--child") as second:
        assert isinstance(second.event, Failed)
        assert second.event.sentence.startswith(f"{broken} cannot be read as a database")
        assert (second.read(), second.process.wait(20)) == ("", 1)
