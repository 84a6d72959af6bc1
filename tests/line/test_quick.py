"""The usual one line, which is told without click, is the one that the command tells."""

import json
import os
import subprocess
import sys
import time
from contextlib import closing
from datetime import UTC
from pathlib import Path
from sqlite3 import DatabaseError, OperationalError, connect
from typing import Any
from zoneinfo import ZoneInfo

import click
import pytest

from ccotel_tui.cli.line import line
from ccotel_tui.line.glance import glance
from ccotel_tui.line.quick import PROMETHEUS, last_midnight, quick_words
from ccotel_tui.line.shown import BURN_NS, Recording
from ccotel_tui.line.template import OPTIONAL_FIELDS
from ccotel_tui.query.embedded.backend import open_embedded
from ccotel_tui.query.embedded.glance.numbers import read_glance
from ccotel_tui.query.embedded.glance.open_for_line import open_for_line
from ccotel_tui.query.finite import finite
from ccotel_tui.query.window import (
    HOUR,
    LONGEST_SESSION,
    MINUTE,
    SECOND,
    local_day,
    midnight,
)
from ccotel_tui.recorder.lock import acquire
from ccotel_tui.status_line.memory import HandedOn
from ccotel_tui.store.database import Database
from ccotel_tui.store.file.migrations import MIGRATIONS
from ccotel_tui.store.file.version import STORE_VERSION
from ccotel_tui.telemetry.conventions import COST
from ccotel_tui.telemetry.records import Point, Record
from ccotel_tui.telemetry.status_line import kept_fields
from tests.tools.otlp import T0, event, request

COMMAND = "import sys; from ccotel_tui.cli import main; main()"
QUICK = "from ccotel_tui.__main__ import run; run()"
ALL_FIELDS = "  ".join(f"{name} {{{name}}}" for name in OPTIONAL_FIELDS)
STATUS_LINE = (Path(__file__).parents[1] / "data" / "statusline.json").read_text()


def counted(dollars: float, at: int, session: str) -> Point:
    attributes = {"session.id": session, "model": "m", "query_source": "main"}
    return Point(at, at - MINUTE, "claude-code", COST, "USD", False, dollars, attributes)


def records(now_ns: int) -> list[Record]:
    """Requests of two models and of none, prompts, and two sessions of counters."""
    return [
        request(8.0, now_ns - 30 * HOUR, "s1"),
        request(2.0, now_ns - 20 * MINUTE, "s1", sequence=1),
        event("api_request", now_ns - 9 * MINUTE, "s2", cost_usd=0.5, model="other"),
        event("api_request", now_ns - 8 * MINUTE, "s2", cost_usd=0.125),
        counted(7.0, now_ns - 7 * MINUTE, "s2"),
        counted(0.75, now_ns - 5 * MINUTE, "c1"),
        counted(3.0, now_ns - 25 * HOUR, "c2"),
        request(0.25, now_ns - MINUTE, "s1", sequence=2),
    ]


STORES: dict[str, Any] = {
    "all": records,
    "nothing": lambda now_ns: [],
    "counters are the newest": lambda now_ns: [*records(now_ns), counted(1.5, now_ns, "c1")],
    "at the same time": lambda now_ns: [*records(now_ns), counted(1.5, now_ns - MINUTE, "z")],
    "counters alone": lambda now_ns: [counted(2.5, now_ns - MINUTE, "c")],
    "beyond all sums": lambda now_ns: [
        request(1e15, now_ns - at, f"b{at}", at) for at in range(1, 5)
    ],
    "ahead": lambda now_ns: [*records(now_ns), request(1.0, now_ns + HOUR, "s9")],
    "requests without a cost": lambda now_ns: [
        event("api_request", now_ns - at, "s1", model="m") for at in (MINUTE, HOUR)
    ],
    "today's requests without a cost": lambda now_ns: [
        request(8.0, now_ns - 30 * HOUR, "s1"),
        event("api_request", now_ns - MINUTE, "s2", model="m"),
        counted(0.75, now_ns - 5 * MINUTE, "s2"),
    ],
}


@pytest.mark.parametrize("named", [None, "s1", "s2", "c1", "nobody"])
@pytest.mark.parametrize("kind", STORES)
def test_the_numbers_are_those_of_the_source(tmp_path: Path, kind: str, named: str | None) -> None:
    path = tmp_path / "telemetry.db"
    with closing(Database(path)) as database:
        database.append(STORES[kind](T0))
    midnight_ns = midnight(local_day(T0 - 1, UTC), UTC)
    with open_for_line(path) as store:
        assert store is not None
        numbers = read_glance(
            *(store, T0, (T0 - BURN_NS, midnight_ns), T0 + 10 * SECOND, named, T0 - LONGEST_SESSION)
        )
    with closing(open_embedded(path)) as backend:
        seen = glance(backend, T0, UTC, Recording, named)
    knows = numbers.heard_ns is not None
    cost = numbers.session
    if named is None and numbers.current is not None:
        cost = cost or 0.0
    assert numbers.current == seen.session_id
    assert finite(cost) == pytest.approx(seen.session)
    assert (finite((numbers.first or 0.0) * 6) if knows else None) == pytest.approx(seen.burn)
    assert (finite(numbers.second or 0.0) if knows else None) == pytest.approx(seen.today)
    assert numbers.ahead == (seen.ahead is not None)


def run(code: str, *words: str, stdin: str = "", **more: str) -> tuple[int, str, str]:
    done = subprocess.run(
        [sys.executable, "-c", code, "line", *words],
        capture_output=True,
        text=True,
        input=stdin,
        env={**os.environ, **more},
    )
    return done.returncode, done.stdout, done.stderr


@pytest.fixture
def path(tmp_path: Path) -> Path:
    file = tmp_path / "telemetry.db"
    # For a minute from now on the ten minutes before hold the same, and the data is live.
    with closing(Database(file)) as database:
        database.append(records(time.time_ns()))
    return file


@pytest.mark.parametrize(
    ("words", "stdin"),
    [
        ((), ""),
        (("--width", "30"), ""),
        (("--width=12", "--format", "{session_id}  {today:>12}"), STATUS_LINE),
        (("--format", "{session} {nope}"), ""),
        (("--format", "{context}  {today}"), STATUS_LINE),
        (("--format", ALL_FIELDS), STATUS_LINE),
        (("--format", ALL_FIELDS, "--config", "/none.toml"), ""),
        (("--format", "{"), ""),
        (("--json",), STATUS_LINE),
        (("--width", "x"), ""),
        (("--width",), ""),
        (("--source", "nothing"), ""),
        (("extra",), ""),
        (("--help",), ""),
        ((), STATUS_LINE),
        ((), "[1]"),
    ],
)
def test_it_says_what_the_command_says(path: Path, words: tuple[str, ...], stdin: str) -> None:
    given = ("--source", "embedded", "--db", str(path), *words)
    quick, command = run(QUICK, *given, stdin=stdin), run(COMMAND, *given, stdin=stdin)
    # Click names the program by its file, where it is not told.
    assert quick == command
    assert quick[1] or quick[2]


def test_other_words_than_the_usual_are_the_commands() -> None:
    usual = {"--format", "--width", "--source", "--db", "--config"}
    for option in line.params:
        for name in option.opts:
            words = (name, {"--width": "7", "--source": "embedded"}.get(name, "{session}"))
            assert (quick_words(words) is not None) == (name in usual), name
    context = line.make_context("line", [])
    assert quick_words(["--db", "x"]) == (
        context.params["form"] or "",
        context.params["width"],
        context.params["source"],
        "x",
        frozenset(),
        "",
    )
    assert context.params["prometheus_url"] == f"http://{PROMETHEUS[0]}:{PROMETHEUS[1]}"
    for odd in (["--width", "-1"], ["--db"], ["--db", "--json"], ["x"], ["--source", "stack"]):
        assert quick_words(odd) is None
    assert isinstance(line, click.Command)


@pytest.mark.parametrize("zone", ["UTC", "Asia/Seoul", "America/New_York", "Africa/Cairo"])
def test_the_day_begins_where_the_zone_says(zone: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TZ", zone)
    time.tzset()
    try:
        told = 0
        for hours in range(0, 400 * 24, 7):
            now_ns = T0 + hours * HOUR + 1
            day_ns = last_midnight(now_ns)
            if day_ns is not None:
                told += 1
                there = ZoneInfo(zone)
                assert day_ns == midnight(local_day(now_ns - 1, there), there)
        assert told > 1300
    finally:
        monkeypatch.undo()
        time.tzset()


def test_a_zone_that_is_not_understood_is_the_commands(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TZ", "Nowhere/Never")
    time.tzset()
    try:
        assert last_midnight(T0) is None
    finally:
        monkeypatch.undo()
        time.tzset()


def test_the_version_counts_the_migrations(path: Path) -> None:
    assert len(MIGRATIONS) == STORE_VERSION
    with open_for_line(path) as store:
        assert store is not None
    with pytest.raises(OperationalError), open_for_line(path.with_name("none.db")):
        pass
    path.write_bytes(b"not a database, but long enough to be looked at" * 100)
    with pytest.raises(DatabaseError), open_for_line(path):
        pass
    with closing(connect(path.with_name("other.db"))) as other:
        other.execute("CREATE TABLE t (x)")
    with open_for_line(path.with_name("other.db")) as store:
        assert store is None


def imported(*words: str, stdin: str = "") -> set[str]:
    """The modules that a command of these words has imported when it ends."""
    code = (
        "import os, sys, json; end = os._exit\n"
        "def told(status):\n"
        "    sys.__stderr__.write(json.dumps([*sys.modules])); sys.__stderr__.flush()\n"
        "    end(status)\n"
        "os._exit = told\n"
        f"{QUICK}"
    )
    command = [sys.executable, "-c", code, *words]
    done = subprocess.run(command, capture_output=True, text=True, input=stdin, check=True)
    modules: list[str] = json.loads(done.stderr)
    return set(modules)


SERVERS_AND_SCREEN = {"textual", "rich", "grpc", "aiohttp", "urllib3", "http.client", "docker"}


@pytest.mark.parametrize(("form", "stdin"), [("", ""), (ALL_FIELDS, ""), (ALL_FIELDS, STATUS_LINE)])
def test_the_line_imports_little(path: Path, form: str, stdin: str) -> None:
    template = ("--format", form) if form else ()
    words = ("line", "--source", "embedded", "--db", str(path), *template)
    run(COMMAND, *words[1:], stdin=stdin)  # looks up what is kept for an hour
    told = json.loads(STATUS_LINE)
    # As if it had been handed on already: what has not changed is looked at each second.
    HandedOn(f"{path}.handed-on", told["session_id"]).write(kept_fields(told), time.time())
    with acquire(path, lambda _: None):
        modules = imported(*words, stdin=stdin)
    assert not modules & {
        *SERVERS_AND_SCREEN,
        *("click", "dataclasses", "inspect", "zoneinfo", "platformdirs", "socket", "subprocess"),
        *("hashlib", "tomllib", "ssl", "fractions", "statistics", "threading", "tempfile"),
        *("pathlib", "urllib.parse", "signal", "string", "ccotel_tui.errors"),
        "ccotel_tui.store.ahead",
        *("ccotel_tui.query.source", "ccotel_tui.query.query", "ccotel_tui.recorder.state"),
    }


@pytest.mark.parametrize("command", ["panels", "sessions", "reconcile"])
def test_the_commands_import_neither_servers_nor_a_screen(path: Path, command: str) -> None:
    modules = imported(command, "--source", "embedded", "--db", str(path))
    assert not modules & {*SERVERS_AND_SCREEN, "asyncio", "socket", "subprocess"}
