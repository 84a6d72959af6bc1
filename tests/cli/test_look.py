"""panels, events and sessions, as scripts read them."""

import csv
import json
from collections.abc import Iterator, Sequence
from contextlib import closing, suppress
from datetime import UTC, datetime
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

from ccotel_tui.cli import look
from ccotel_tui.panels.catalogue import PANELS
from ccotel_tui.store.database import Database
from ccotel_tui.telemetry.records import Event
from tests.cli.test_words import run
from tests.tools.otlp import SECOND, event, lines

T = 1_700_000_000 * SECOND
"""2023-11-14T22:13:20Z, long enough ago for any clock."""

WINDOW = ("--from", "2023-11-14T22:13:19Z", "--to", "2023-11-14T23:00:00Z")

SESSION_KEYS = [
    *("session_id", "started", "last_seen", "status", "waiting_for", "name", "folder", "project"),
    *(
        "user",
        "model",
        "cost",
        "tokens",
        "cache_hit_ratio",
        "requests",
        "tools",
        "errors",
        "prompts",
    ),
]

OPUS, HAIKU = "claude-opus-4-8", "claude-haiku-4-5"


def requested(second: int, session: str, model: str, cost: float, **more: Any) -> Any:
    sizes = {"input_tokens": 10, "output_tokens": 20, "cache_read_tokens": 30}
    said = {"model": model, "cost_usd": cost, "duration_ms": 250, **sizes, **more}
    return event("api_request", T + second * SECOND, session, **said)


@pytest.fixture(scope="module")
def database(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """`aa-1` works from second 0 to 30, `ab-2` from 10 to 20, `zz-9` only starts up."""
    path = tmp_path_factory.mktemp("store") / "telemetry.db"
    with closing(Database(path)) as database:
        database.append(
            [
                event("user_prompt", T, "aa-1", **{"event.sequence": 0}),
                requested(1, "aa-1", OPUS, 0.25, project="shop", **{"event.sequence": 1}),
                requested(30, "aa-1", f"{HAIKU}[1m]", 0.5, **{"event.sequence": 4}),
                event("tool_result", T + 2 * SECOND, "aa-1", tool_name="Bash", success="false"),
                event("user_prompt", T + 10 * SECOND, "ab-2", command_source="builtin"),
                event("api_error", T + 20 * SECOND, "ab-2", status_code=529, error="no"),
                event("plugin_loaded", T + 40 * SECOND, "zz-9"),
                lines(4, T + 5 * SECOND, T, "aa-1"),
            ]
        )
    return path


@pytest.fixture
def home(tmp_path: Path) -> Path:
    """A home without any running session of Claude Code."""
    return tmp_path


def told(database: Path, home: Path, command: str, *words: str) -> list[dict[str, Any]]:
    """The lines of JSON that the command prints."""
    where = ("--json", "--source", "embedded", "--db", str(database), *WINDOW)
    done = run(command, *where, *words, HOME=str(home), CLAUDE_CONFIG_DIR=str(home), TZ="UTC")
    assert done.returncode == 0, done.stderr
    assert done.stderr == ""
    return [json.loads(line) for line in done.stdout.splitlines()]


def ids(rows: list[dict[str, Any]]) -> list[str]:
    return [row["session_id"] for row in rows]


def test_a_session_is_a_line_and_the_newest_activity_is_last(database: Path, home: Path) -> None:
    rows = told(database, home, "sessions")
    assert ids(rows) == ["ab-2", "aa-1"]
    assert all(list(row) == SESSION_KEYS for row in rows)


def test_what_a_session_says(database: Path, home: Path) -> None:
    [row] = told(database, home, "sessions", "--session", "aa")
    assert row == {
        "session_id": "aa-1",
        "started": "2023-11-14T22:13:20+00:00",
        "last_seen": "2023-11-14T22:13:50+00:00",
        "status": None,
        "waiting_for": None,
        "name": None,
        "folder": None,
        "project": "shop",
        "user": None,
        "model": f"{HAIKU} +1",
        "cost": 0.75,
        "tokens": 120,
        "cache_hit_ratio": 0.75,
        "requests": 2,
        "tools": 1,
        "errors": 0,
        "prompts": 1,
    }


def test_a_session_without_requests_has_no_model_and_no_ratio(database: Path, home: Path) -> None:
    [row] = told(database, home, "sessions", "--session", "ab-2")
    assert (row["model"], row["cache_hit_ratio"], row["cost"], row["tokens"]) == (None, None, 0, 0)
    assert (row["errors"], row["prompts"]) == (1, 0)


COUNTED = ("cost", "tokens", "cache_hit_ratio", "requests", "tools", "errors", "prompts")


@pytest.mark.parametrize(
    ("words", "told_numbers"),
    [
        (("--model", "opus"), (0.25, 60, 0.75, 1, None, 0, None)),
        (("--filter", "tool_name=Bash"), (None, None, None, None, 1, None, None)),
        (("--filter", "project=shop"), (0.25, 60, 0.75, 1, 0, 0, 0)),
    ],
    ids=str,
)
def test_what_records_do_not_carry_is_not_counted_as_none(
    database: Path, home: Path, words: tuple[str, ...], told_numbers: tuple[float | None, ...]
) -> None:
    [row] = told(database, home, "sessions", *words)
    assert tuple(row[name] for name in COUNTED) == told_numbers
    where = ("--source", "embedded", "--db", str(database), *WINDOW)
    printed = run("sessions", *where, *words, HOME=str(home), TZ="UTC").stdout
    assert ("–" in printed) == (None in told_numbers)


@pytest.mark.parametrize(
    ("words", "found"),
    [
        (("--limit", "1"), ["aa-1"]),
        (("--session", "current"), ["aa-1"]),
        (("--session", "a"), ["ab-2", "aa-1"]),
        (("--session", "zz"), []),
        (("--filter", "project=shop"), ["aa-1"]),
        (("--filter", "project=else"), []),
        (("--to", "2023-11-14T22:13:42Z"), ["aa-1", "ab-2"]),
        (("--from", "1970-01-01"), ["ab-2", "aa-1"]),
    ],
    ids=" ".join,
)
def test_which_sessions(
    database: Path, home: Path, words: tuple[str, ...], found: list[str]
) -> None:
    assert ids(told(database, home, "sessions", *words)) == found


@pytest.mark.parametrize("command", ["sessions", "events"])
def test_nothing_is_told_as_nothing(database: Path, tmp_path: Path, command: str) -> None:
    words = (command, "--source", "embedded", "--from", "2001-01-01", "--to", "2001-01-02")
    done = run(*words, "--db", str(database))
    assert (done.returncode, done.stdout) == (0, "")
    assert "in this window." in done.stderr
    assert run(*words, "--json", "--db", str(database)).stderr == ""


def test_a_file_that_is_named_and_not_there_is_told(tmp_path: Path) -> None:
    path = tmp_path / "typo.db"
    done = run("panels", "--source", "embedded", "--db", str(path))
    assert done.returncode == 0
    assert f"There is no {path}" in done.stderr
    assert not path.exists()


def test_an_event_is_a_line_in_order_of_time(database: Path, home: Path) -> None:
    rows = told(database, home, "events")
    assert [row["event_name"] for row in rows] == [
        *("user_prompt", "api_request", "tool_result", "user_prompt", "api_error"),
        *("api_request", "plugin_loaded"),
    ]
    times = [datetime.fromisoformat(row["time"]) for row in rows]
    assert times == sorted(times)
    assert times[0] == datetime.fromtimestamp(T // SECOND, UTC)
    assert all(list(row)[:2] == ["time", "event_name"] for row in rows)


def test_what_an_event_says_has_the_types_of_its_numbers(database: Path, home: Path) -> None:
    rows = told(database, home, "events")
    assert rows[1] == {
        "time": "2023-11-14T22:13:21+00:00",
        "event_name": "api_request",
        "session_id": "aa-1",
        "event_sequence": 1,
        "model": OPUS,
        "cost_usd": 0.25,
        "duration_ms": 250,
        "input_tokens": 10,
        "output_tokens": 20,
        "cache_read_tokens": 30,
        "project": "shop",
        "service_name": "claude-code",
    }
    assert rows[2]["success"] is False
    assert rows[4]["status_code"] == 529


@pytest.mark.parametrize(
    ("words", "found"),
    [
        (("--limit", "2"), ["api_request", "plugin_loaded"]),
        (("--name", "tool_result"), ["tool_result"]),
        (
            ("--name", "tool_result", "--name", "api_error", "--limit", "1"),
            ["api_error"],
        ),
        (("--session", "ab"), ["user_prompt", "api_error"]),
        (("--session", "current", "--name", "user_prompt"), ["user_prompt"]),
        (("--filter", "tool.name=Bash"), ["tool_result"]),
        (("--filter", "success=false", "--filter", "tool_name=Bash"), ["tool_result"]),
        (("--filter", "command_source=", "--name", "user_prompt"), ["user_prompt"]),
        (("--model", "HAIKU"), ["api_request"]),
        (("--name", "nothing"), []),
    ],
    ids=" ".join,
)
def test_which_events(database: Path, home: Path, words: tuple[str, ...], found: list[str]) -> None:
    rows = told(database, home, "events", *words)
    assert [row["event_name"] for row in rows] == found


def panels(database: Path, *words: str) -> str:
    where = ("--source", "embedded", "--db", str(database), *WINDOW)
    done = run("panels", *where, *words, TZ="UTC")
    assert done.returncode == 0, done.stderr
    return done.stdout


def test_the_panels_of_a_section_in_order(database: Path) -> None:
    told = json.loads(panels(database, "--json", "--section", "cost"))
    assert list(told["panels"]) == [panel.id for panel in PANELS if panel.section == "cost"]
    assert told["window"]["step"] == 60
    assert told["scope"] == {}


def test_a_scope_is_told_with_the_answer(database: Path) -> None:
    words = ("--session", "current", "--filter", "project=shop", "--panel", "total_cost")
    told = json.loads(panels(database, "--json", *words))
    assert told["scope"] == {"session": "aa-1", "filter": {"project": "shop"}}
    assert told["panels"]["total_cost"]["value"] == 0.25


def test_panels_as_a_table(database: Path) -> None:
    header, *rows = csv.reader(panels(database, "--csv").splitlines())
    assert header == ["panel", "part", "labels", "time", "number"]
    assert {len(row) for row in rows} == {5}
    assert ["total_cost", "value", "", "", "0.75"] in rows
    assert ["lines_of_code", "added", "", "", "4"] in rows
    assert ["tool_success", "failure", "tool_name=Bash", "", "1"] in rows
    cost = [row for row in rows if row[:3] == ["cost_by_model", "series", f"model={OPUS}"]]
    assert cost[-1][3:] == ["1700002800", "0.25"]


def test_a_section_as_a_table(database: Path) -> None:
    _, *rows = csv.reader(panels(database, "--csv", "--section", "performance").splitlines())
    assert {row[0] for row in rows} == {"api_duration", "api_errors"}


class Left(Exception):
    """The reader has seen enough."""


def called(*numbers: int) -> list[Event]:
    return [event("tool_result", T + n * SECOND, tool_name=f"T{n}") for n in numbers]


def followed(
    home: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
    looks: Sequence[Sequence[Event]],
    *words: str,
) -> list[str]:
    """The tools of the events that are told while these come in, look by look."""
    path = home / "telemetry.db"
    with closing(Database(path)) as database:
        left: Iterator[Sequence[Event]] = iter(looks)
        database.append(next(left))

        def pause(_: float) -> None:
            if (coming := next(left, None)) is None:
                raise Left
            database.append(coming)

        monkeypatch.setenv("HOME", str(home))
        monkeypatch.setenv("XDG_CONFIG_HOME", str(home))
        monkeypatch.setattr(look, "time", SimpleNamespace(sleep=pause))
        with suppress(Left):
            look.events.main(
                ["--json", "--source", "embedded", *WINDOW[:2], "--db", str(path), *words],
                standalone_mode=False,
            )
    return [json.loads(line)["tool_name"] for line in capsys.readouterr().out.splitlines()]


def test_equal_events_are_told_each(
    home: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    assert followed(home, monkeypatch, capsys, [called(1, 2, 2)]) == ["T1", "T2", "T2"]


@pytest.mark.parametrize("limit", [1, 2, 200])
@pytest.mark.parametrize(
    "looks",
    [
        [called(1, 2, 3), called(4, 5, 5, 6, 7, 8), called(), called(9, 10)],
        [called(), called(1, 2, 3, 4, 5), called(6)],
    ],
)
def test_all_that_come_while_it_follows_are_told_once(
    home: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
    looks: list[list[Event]],
    limit: int,
) -> None:
    first, *coming = ([str(each.attributes["tool_name"]) for each in look] for look in looks)
    expected = [*first[-limit:], *(name for names in coming for name in names)]
    assert followed(home, monkeypatch, capsys, looks, "--follow", "--limit", str(limit)) == expected


def test_one_that_comes_late_is_told(
    home: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    looks = [called(2, 3), called(1), called(4)]
    assert followed(home, monkeypatch, capsys, looks, "--follow") == ["T2", "T3", "T1", "T4"]


def texts(database: Path, home: Path, *words: str) -> tuple[str, str]:
    """What the command prints as text, and on stderr."""
    where = ("--source", "embedded", "--db", str(database), *WINDOW)
    done = run(*words, *where, HOME=str(home), CLAUDE_CONFIG_DIR=str(home), TZ="UTC")
    assert done.returncode == 0, done.stderr
    return done.stdout, done.stderr


def test_an_event_as_text(database: Path, home: Path) -> None:
    printed, _ = texts(database, home, "events", "--limit", "4", "--session", "aa")
    assert "tool_result          success=false tool_name=Bash\n" in printed


@pytest.mark.parametrize(
    ("words", "sentences"),
    [
        (("events", "--name", "nope"), ["There is no such event in this window."]),
        (("sessions", "--model", "nope"), ["No such session was active in this window."]),
        (
            ("events", "--filter", "nope=1"),
            ["There is no such event in this window.", "No record has the attribute nope."],
        ),
        (("usage", "--by", "model", "--filter", "nope=1"), ["No record has the attribute nope."]),
    ],
)
def test_why_nothing_is_found(
    database: Path, home: Path, words: tuple[str, ...], sentences: list[str]
) -> None:
    _, errors = texts(database, home, *words)
    assert errors.splitlines() == [f"ccotel-tui: {each}" for each in sentences]
