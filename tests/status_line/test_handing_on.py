"""What `line` is told goes to a recorder of ours as a record, when it changed, and nowhere else."""

import json
import os
import stat
from pathlib import Path
from typing import Any

import pytest

from ccotel_tui.recorder.state import PortOwner, PortState, RecorderState, state_line
from ccotel_tui.status_line.delivery import StatusReceiver, receiver_of
from ccotel_tui.status_line.memory import REPEAT_AFTER, HandedOn
from ccotel_tui.status_line.otlp import export_request
from ccotel_tui.telemetry.conventions import STATUS_LINE
from ccotel_tui.telemetry.decode import decode
from ccotel_tui.telemetry.records import Event
from ccotel_tui.telemetry.status_line import kept_fields
from tests.tools.otlp import T0

STATUS: dict[str, Any] = json.loads(
    (Path(__file__).parents[1] / "data" / "statusline.json").read_text()
)
LIMITS = {"five_hour": {"used_percentage": 61.5, "resets_at": 1_795_510_000}}


def test_only_the_named_fields_are_kept() -> None:
    told = STATUS | {"rate_limits": LIMITS, "secret": "x", "agent": {"name": "reviewer"}}
    assert kept_fields(told) == {
        "session.id": "90b89f0a-ac93-46be-8a3e-5584146cbd00",
        "session_name": "quarterly-cleanup",
        "prompt.id": "20ef42a0-0cb1-4a16-ac22-375221dc75b4",
        "model.id": "claude-sonnet-5-5",
        "version": "2.1.330",
        "effort.level": "medium",
        "fast_mode": False,
        "cost.total_cost_usd": 0.037816100000000005,
        "cost.total_lines_added": 0,
        "cost.total_lines_removed": 0,
        "context_window.context_window_size": 1_000_000,
        "context_window.used_percentage": 1,
        "context_window.current_usage.input_tokens": 11,
        "context_window.current_usage.output_tokens": 33,
        "context_window.current_usage.cache_creation_input_tokens": 179,
        "context_window.current_usage.cache_read_input_tokens": 13991,
        "prompt_cache.warm": True,
        "prompt_cache.ttl": "5m",
        "prompt_cache.expires_at": 1_795_502_671,
        "prompt_cache.hit_ratio": 0.9866017911289754,
        "prompt_cache.misses": 0,
        "prompt_cache.recache_tokens_if_cold": 14181,
        "rate_limits.five_hour.used_percentage": 61.5,
        "rate_limits.five_hour.resets_at": 1_795_510_000,
        "workspace.project_dir": "/Users/dev/work/acme-api",
        "workspace.repo.owner": "acme",
        "workspace.repo.name": "acme-api",
    }


@pytest.mark.parametrize(
    "told",
    [
        {"model": None, "context_window": 3, "prompt_cache": ["x"], "version": ""},
        {"cost": {"total_cost_usd": float("nan"), "total_lines_added": {"x": 1}}},
        {"cost": {"total_cost_usd": float("inf"), "total_lines_added": 10**400}},
    ],
)
def test_what_is_missing_null_or_of_another_kind_is_left_out(told: dict[str, Any]) -> None:
    assert kept_fields(told) == {}


def test_a_long_text_is_cut() -> None:
    assert len(str(kept_fields({"session_name": "x" * 100_000})["session_name"])) == 1024


def test_the_request_is_one_log_record() -> None:
    fields = kept_fields(STATUS)
    head, _, body = export_request(fields, T0, "127.0.0.1:14318").partition(b"\r\n\r\n")
    assert f"Content-Length: {len(body)}".encode() in head.split(b"\r\n")
    assert b"Host: 127.0.0.1:14318" in head.split(b"\r\n")
    [event] = decode("logs", body, "json").records
    assert isinstance(event, Event)
    assert (event.time_ns, event.service, event.name) == (T0, "ccotel-tui", STATUS_LINE)
    assert event.scope == "ccotel-tui"
    assert event.attributes == {"event.name": STATUS_LINE, **fields}
    assert "transcript" not in body.decode()


def test_it_is_due_when_it_changed_or_a_minute_has_gone(tmp_path: Path) -> None:
    folder = tmp_path / "handed-on"
    last, other = HandedOn(folder, "s1"), HandedOn(folder, "../s2")
    assert last.is_due({"x": 1}, 1000.0)
    last.write({"x": 1}, 1000.0)
    assert not last.is_due({"x": 1}, 1000.0 + REPEAT_AFTER - 1)
    assert last.is_due({"x": 2}, 1001.0)
    assert last.is_due({"x": 1}, 1000.0 + REPEAT_AFTER)
    assert last.is_due({"x": 1}, 900.0)  # the clock was set back
    assert other.is_due({"x": 1}, 1001.0)
    other.write({"x": 1}, 1000.0)
    [*files] = folder.iterdir()
    assert len(files) == 2
    assert {stat.S_IMODE(file.stat().st_mode) for file in files} == {0o600}
    assert stat.S_IMODE(folder.stat().st_mode) == 0o700


@pytest.mark.parametrize("text", ["", "[]", "{", '{"at": "x", "fields": {"x": 1}}', "[" * 30_000])
def test_a_file_that_cannot_be_read_is_written_anew(tmp_path: Path, text: str) -> None:
    last = HandedOn(tmp_path, "s1")
    last.write({"x": 1}, 1000.0)
    [file] = tmp_path.iterdir()
    file.write_text(text)
    assert last.is_due({"x": 1}, 1001.0)
    last.write({"x": 1}, 1001.0)
    assert not last.is_due({"x": 1}, 1002.0)


def test_files_of_a_month_ago_are_deleted(tmp_path: Path) -> None:
    HandedOn(tmp_path, "old").write({}, 1000.0)
    [old] = tmp_path.iterdir()
    os.utime(old, (0, 0))
    HandedOn(tmp_path, "new").write({}, 1000.0)
    assert old not in list(tmp_path.iterdir())


def _port(protocol: Any, bound: bool, owner: PortOwner | None = None) -> PortState:
    return PortState(protocol, "127.0.0.1", 4000 + bound, bound, owner)


OURS = PortOwner("collector")


@pytest.mark.parametrize(
    ("state", "own_stack", "receiver"),
    [
        (None, False, None),
        (None, True, 14318),
        (RecorderState(ports=[_port("grpc", True), _port("http", True)]), False, 4001),
        (RecorderState(ports=[_port("grpc", True), _port("http", False)]), False, 4001),
        (RecorderState(ports=[_port("http", True)], silent=60.0), True, None),
        (RecorderState(ports=[_port("http", False, OURS)]), False, 4000),
        (RecorderState(ports=[_port("http", False)], handed_over=True), False, 4000),
        (RecorderState(ports=[_port("http", False)]), True, None),
        (RecorderState(ports=[_port("http", False, PortOwner("recorder"))]), True, None),
        (RecorderState(ports=[_port("http", False, PortOwner("unknown"))]), True, None),
        (
            RecorderState(
                ports=[_port("http", False, PortOwner("collector", foreign="belongs to nobody"))]
            ),
            True,
            None,
        ),
    ],
)
def test_it_goes_to_our_recorder_or_to_the_collector_that_has_its_ports(
    state: RecorderState | None, own_stack: bool, receiver: Any
) -> None:
    if receiver is not None:
        # Only a port that a recorder has bound is known to be its own.
        receiver = StatusReceiver("127.0.0.1", receiver, proven=receiver == 4001)
    document = state and json.loads(state_line(state))
    assert receiver_of(document, own_stack) == receiver


@pytest.mark.parametrize("document", [{}, {"ports": 1}, {"ports": [1], "handed_over": False}])
def test_a_recorder_that_tells_nothing_is_handed_nothing(document: Any) -> None:
    assert receiver_of(document, reads_own_stack=True) is None
