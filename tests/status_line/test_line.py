"""The optional fields of `line`, from its own input or from what was kept."""

import json
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping
from contextlib import closing
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from ccotel_tui.errors import UsageError
from ccotel_tui.line.asked_facts import AskedFacts
from ccotel_tui.line.fields import OptionalFields, clock_time
from ccotel_tui.line.memory import LineMemory
from ccotel_tui.line.template import OPTIONAL_FIELDS
from ccotel_tui.panels.output.units import countdown
from ccotel_tui.query.embedded.backend import open_embedded
from ccotel_tui.query.source import Backend
from ccotel_tui.query.window import DAY, HOUR, MINUTE, SECOND
from ccotel_tui.store.database import Database
from ccotel_tui.telemetry.conventions import OWN_SCOPE, OWN_SERVICE, STATUS_LINE
from ccotel_tui.telemetry.records import Event
from ccotel_tui.telemetry.status_line import Scalar, kept_fields
from tests.screen.tools.registry import register
from tests.tools.otlp import T0, event

STATUS: dict[str, Any] = json.loads(
    (Path(__file__).parents[1] / "data" / "statusline.json").read_text()
)
SESSION = STATUS["session_id"]
SEOUL = ZoneInfo("Asia/Seoul")
OF_THE_MACHINE = ("waiting", "usual", "budget", "alert")


def told(**changes: Any) -> dict[str, Scalar]:
    cache = STATUS["prompt_cache"] | {
        "expires_at": T0 // SECOND + 192,
        "recache_tokens_if_cold": 100_000,
    }
    return kept_fields(STATUS | {"prompt_cache": cache} | changes)


LIMITS = {
    "five_hour": {"used_percentage": 62, "resets_at": (T0 + 3 * HOUR) // SECOND},
    "seven_day": {"used_percentage": 31.4, "resets_at": (T0 + 2 * DAY) // SECOND},
}


def kept(fields: Mapping[str, Scalar], at: int) -> Event:
    attributes = {"event.name": STATUS_LINE, **fields}
    return Event(at, OWN_SERVICE, STATUS_LINE, attributes, scope=OWN_SCOPE)


def requests(at: int) -> Iterator[Event]:
    counts = [(100, 7, 0, 9), (3, 900, 50, 0), (41, 41, 3, 3), (5, 1, 70, 20), (7, 2, 1, 8)]
    for number, (input_, output, read, write) in enumerate([*counts, (1, 1, 1, 1), (2, 3, 5, 7)]):
        tokens: dict[str, int | float | str] = {
            "input_tokens": input_,
            "output_tokens": output,
            "cache_read_tokens": read,
            "cache_creation_tokens": write,
            "cost_usd": (5 * input_ + 25 * output + 0.5 * read + 6.25 * write) / 1e6,
            "model": "claude-sonnet-5-5",
            "event.sequence": number,
        }
        yield event("api_request", at - MINUTE + number, SESSION, **tokens)


def of(
    backend: Backend,
    at: int,
    own: Mapping[str, Scalar] = {},
    settings: Path = Path("none.toml"),
    numbers: tuple[float | None, float | None] = (None, None),
) -> OptionalFields:
    """The fields of the session, as the command asks for them, with nothing kept."""
    facts = AskedFacts(backend, at, SEOUL, settings, LineMemory(None))
    return OptionalFields(facts, at, SEOUL, SESSION, own, *numbers)


def texts(path: Path, own: Mapping[str, Scalar], at: int = T0) -> dict[str, str | None]:
    with closing(open_embedded(path)) as backend:
        fields = of(backend, at, own)
        return {name: fields.text(name) for name in OPTIONAL_FIELDS if name not in OF_THE_MACHINE}


@pytest.mark.parametrize("own", [True, False])
def test_every_field(tmp_path: Path, own: bool) -> None:
    path = tmp_path / "telemetry.db"
    line = told(rate_limits=LIMITS)
    branch = event("tool_result", T0 - SECOND, SESSION, **{"vcs.ref.head.name": "main"})
    with closing(Database(path)) as database:
        database.append([*requests(T0), branch, *([] if own else [kept(line, T0)])])
    assert texts(path, line if own else {}) == {
        "context": "1%",
        "cache": "warm 3:12, cold costs $0.57",
        "limit_5h": "62% resets 16:10",
        "limit_7d": "31% resets Thu 13:10",
        "name": "quarterly-cleanup",
        "project": "acme/acme-api",
        "branch": "main",
    }


def test_today_beside_the_usual_day_and_the_budget(tmp_path: Path) -> None:
    path, config = tmp_path / "telemetry.db", tmp_path / "settings.toml"
    days = [(1, 6.0), (2, 10.0), (3, 8.0)]
    past = [event("api_request", T0 - day * DAY - HOUR, cost_usd=cost) for day, cost in days]
    with closing(Database(path)) as database:
        database.append(past)
    config.write_text("[budget]\nday = 30\n")
    with closing(open_embedded(path)) as backend:
        fields = of(backend, T0, settings=config, numbers=(4.0, 12.0))
        assert fields.text("usual") == "$8.00 (+50%)"
        assert fields.text("budget") == "40% of $30"
        config.write_text("[budget]\nday = 0\n")
        with pytest.raises(UsageError, match="line 2: budget gives 'day' no dollars above 0"):
            fields.text("budget")
        config.unlink()
        assert fields.text("budget") is None


def test_limits_after_an_idle_night_say_how_old_they_are(tmp_path: Path) -> None:
    path = tmp_path / "telemetry.db"
    with closing(Database(path)) as database:
        database.append([kept(told(rate_limits=LIMITS), T0)])
    night = T0 + 9 * HOUR
    seen = texts(path, told(), night)
    assert (seen["limit_5h"], seen["limit_7d"]) == (None, "31% 9h ago resets Thu 13:10")
    assert seen["cache"] == "cold"
    assert texts(path, {}, T0 + 12 * MINUTE)["limit_5h"] == "62% 12m ago resets 16:10"


def test_what_was_never_told_lacks(tmp_path: Path) -> None:
    path = tmp_path / "telemetry.db"
    with closing(Database(path)) as database:
        database.append(requests(T0))
    assert set(texts(path, {}).values()) == {None}


def test_the_users_own_project_goes_first(tmp_path: Path) -> None:
    path = tmp_path / "telemetry.db"
    with closing(Database(path)) as database:
        database.append([event("api_request", T0, SESSION, project="shop")])
    assert texts(path, told())["project"] == "shop"
    bare = told(workspace={"project_dir": "/work/folder"})
    assert texts(tmp_path / "none.db", bare)["project"] == "folder"


def test_who_waits(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("CLAUDE_CONFIG_DIR", str(tmp_path))
    monkeypatch.setattr("ccotel_tui.claude.session_registry.process_start", lambda pid: "7")
    register(tmp_path / "sessions", 11, "aaaa-1", "waiting", name="web-shop")
    register(tmp_path / "sessions", 12, "bbbb-2", "busy", name="infra")
    with closing(open_embedded(tmp_path / "none.db")) as backend:
        fields = of(backend, time.time_ns())
        assert fields.text("waiting") == "web-shop"
        with pytest.raises(KeyError):
            fields.text("nope")


def test_the_worst_rule_that_holds(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("CLAUDE_CONFIG_DIR", str(tmp_path))
    path, config = tmp_path / "telemetry.db", tmp_path / "settings.toml"
    failed = {"tool_name": "Bash", "success": "false"}
    with closing(Database(path)) as database:
        database.append([event("tool_result", T0 - n, "s1", n=str(n), **failed) for n in range(3)])
        database.append([event("api_error", T0 - n, "s2", n=str(n)) for n in range(4)])
    with closing(open_embedded(path)) as backend:
        fields = of(backend, T0, settings=config)
        assert fields.text("alert") == "loop: Bash s1 3 +1"
        config.write_text("[rules]\nloop = false\n")
        assert fields.text("alert") == "errors: 4"
        config.write_text("[rules]\nloop = 4\nerrors = 5\n")
        assert fields.text("alert") is None
        config.write_text("[rules]\nloop = 0\n")
        with pytest.raises(UsageError, match="line 2: rules gives 'loop' no number above 0"):
            fields.text("alert")


def test_times() -> None:
    assert [countdown(seconds) for seconds in (5, 192, 3792)] == ["0:05", "3:12", "1:03:12"]
    assert clock_time(T0 + HOUR, T0, SEOUL) == "14:10"
    assert clock_time(T0 + DAY, T0, SEOUL) == "Wed 13:10"


def test_the_sessions_command_has_the_told_names(tmp_path: Path) -> None:
    path = tmp_path / "telemetry.db"
    now_ns = time.time_ns()
    with closing(Database(path)) as database:
        own = event("api_request", now_ns, "s2", project="mine")
        told_of_other = told() | {"session.id": "s2"}
        database.append([*requests(now_ns), own])
        database.append([kept(told(), now_ns), kept(told_of_other, now_ns)])
    command = [sys.executable, "-m", "ccotel_tui", "sessions", "--json", "--source", "embedded"]
    words = ["--db", str(path), "--since", "1h"]
    done = subprocess.run([*command, *words], capture_output=True, text=True, check=True)
    rows = {row["session_id"]: row for row in map(json.loads, done.stdout.splitlines())}
    row = rows[SESSION]
    assert (row["name"], row["project"]) == ("quarterly-cleanup", "acme/acme-api")
    assert (row["folder"], row["status"]) == ("/Users/dev/work/acme-api", None)
    assert rows["s2"]["project"] == "mine"
