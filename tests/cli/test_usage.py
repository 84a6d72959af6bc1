"""`usage` and `prompt`: what they print in each form."""

import csv
import io
import json
import subprocess
import sys
from collections.abc import Iterator
from math import fsum
from pathlib import Path
from typing import Any

import pytest

from ccotel_tui.local import locations
from ccotel_tui.query.usage.ranked import USAGE_COLUMNS
from tests.accuracy.paths.paths import StorePath
from tests.accuracy.truth.usage_story import counters, story


@pytest.fixture(scope="module")
def store(tmp_path_factory: pytest.TempPathFactory) -> Iterator[StorePath]:
    with StorePath(tmp_path_factory.mktemp("usage")) as path:
        path.send([*story(), *counters()])
        yield path


def run(store: StorePath, *words: str, status: int = 0) -> str:
    done = subprocess.run(
        [sys.executable, "-m", "ccotel_tui", *words, *store.options(), "--since", "48h"],
        capture_output=True,
        text=True,
    )
    assert done.returncode == status, done.stderr
    return done.stderr if status else done.stdout


def documents(store: StorePath, *words: str) -> list[dict[str, Any]]:
    return [json.loads(line) for line in run(store, "usage", "--json", *words).splitlines()]


def test_a_line_a_row_and_the_total_last(store: StorePath) -> None:
    *rows, total = documents(store, "--by", "user")
    assert {tuple(row) for row in rows} == {("key", *USAGE_COLUMNS)}
    assert tuple(total) == ("key", *USAGE_COLUMNS, "cache_saved_usd")
    assert [row["key"] for row in rows].count(None) == 0
    assert total["key"] is None
    assert total["share"] == 1
    costs = [row["cost_usd"] for row in rows]
    assert costs == sorted(costs, reverse=True)
    assert fsum(costs) == pytest.approx(total["cost_usd"], abs=1e-9)
    [cost] = json.loads(run(store, "panels", "--json", "--panel", "total_cost"))["panels"].values()
    assert total["cost_usd"] == pytest.approx(cost["value"], abs=1e-6)


def test_what_counters_do_not_tell_is_null(store: StorePath) -> None:
    *rows, _ = documents(store, "--by", "session")
    [counted] = [row for row in rows if row["key"] == "counted"]
    assert (counted["requests"], counted["prompts"], counted["cost_usd"]) == (None, None, 0.875)


def test_several_keys_are_an_array(store: StorePath) -> None:
    *rows, total = documents(store, "--by", "session", "--by", "model")
    assert all(len(row["key"]) == 2 for row in rows)
    sessions = [row["key"][0] for row in rows]
    runs = [one for at, one in enumerate(sessions) if one not in sessions[:at]]
    assert sessions == sorted(sessions, key=runs.index)
    assert fsum(row["cost_usd"] for row in rows) == pytest.approx(total["cost_usd"], abs=1e-9)


@pytest.mark.parametrize("column", USAGE_COLUMNS)
def test_sort_by_any_column(store: StorePath, column: str) -> None:
    *rows, _ = documents(store, "--by", "agent", "--sort", column)
    told = [row[column] for row in rows if row[column] is not None]
    assert told == sorted(told, reverse=True)


def test_a_limit_leaves_the_total(store: StorePath) -> None:
    *_, whole = documents(store, "--by", "agent")
    row, total = documents(store, "--by", "agent", "--limit", "1")
    assert (row["key"], total) == ("(none)", whole)


def test_csv_has_the_same_cells(store: StorePath) -> None:
    text = run(store, "usage", "--csv", "--by", "project")
    head, *rows = csv.reader(io.StringIO(text))
    assert head == ["key", *USAGE_COLUMNS]
    *told, total = documents(store, "--by", "project")
    assert [row[:2] for row in rows[:-1]] == [[r["key"], str(r["cost_usd"])] for r in told]
    assert rows[-1][:2] == ["", str(total["cost_usd"])]


def test_text_ends_with_the_total(store: StorePath) -> None:
    lines = run(store, "usage", "--by", "skill", "--limit", "1").splitlines()
    assert lines[0].split() == [
        "skill",
        *["cost", "share", "requests", "tokens", "cached"],
        *(["sessions", "prompts", "last"]),
    ]
    assert lines[2] == "1 more"
    *_, total, saved = lines
    assert total.startswith("total ")
    assert "100.0%" in total
    assert saved.startswith(
        "cache saved: not known, the requests of claude-haiku-4-5, claude-opus-4"
    )


@pytest.mark.parametrize("key", ["nope", "attribute:", "attribute:a b"])
def test_a_key_that_is_none(store: StorePath, key: str) -> None:
    assert "choose from model, source" in run(store, "usage", "--by", key, status=2)


def test_a_scope_that_requests_do_not_carry(store: StorePath) -> None:
    said = run(store, "usage", "--by", "model", "--filter", "tool_name=Bash", status=2)
    assert "api_request carries no tool_name" in said


@pytest.mark.parametrize("wanted", ["p-1-0", "p-1-notified"])
def test_a_prompt_has_what_continues_it(store: StorePath, wanted: str) -> None:
    prompt = json.loads(run(store, "prompt", wanted, "--json"))
    assert (prompt["prompt_id"], prompt["session_id"]) == ("p-1-0", "made-up-1")
    assert (prompt["requests"], prompt["tools"], len(prompt["steps"])) == (7, 4, 11)
    assert fsum(step["cost_usd"] or 0 for step in prompt["steps"]) == pytest.approx(
        prompt["cost_usd"]
    )
    offsets = [step["offset_ms"] for step in prompt["steps"]]
    assert offsets == sorted(offsets)
    assert prompt["waited_ms"] is None


def test_the_dearest_prompt_is_that_of_usage(store: StorePath) -> None:
    *rows, _ = documents(store, "--by", "prompt")
    first = next(row for row in rows if row["key"] != "(none)")
    found = json.loads(run(store, "prompt", "dearest", "--json"))
    assert found["cost_usd"] == pytest.approx(first["cost_usd"])


def test_a_waterfall_has_a_bar_a_step(store: StorePath) -> None:
    lines = run(store, "prompt", "last").splitlines()
    assert len([line for line in lines if "━" in line]) == len(lines) - 3


@pytest.mark.parametrize(
    ("wanted", "said"), [("p-1", "Several prompts"), ("nope", "No prompt of the window")]
)
def test_an_id_that_does_not_say_which(store: StorePath, wanted: str, said: str) -> None:
    assert said in run(store, "prompt", wanted, status=2)


def test_nothing_recorded_is_told(tmp_path: Path) -> None:
    with StorePath(tmp_path) as empty:
        [total] = documents(empty, "--by", "model")
        assert total == dict.fromkeys(total)
        assert "No prompt has been recorded" in run(empty, "prompt", "last", status=2)


@pytest.mark.parametrize("words", [("usage", "--by", "user"), ("events",), ("sessions",)])
@pytest.mark.parametrize("form", [(), ("--json",)])
def test_emails_as_hashes_where_the_settings_say_so(
    store: StorePath,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    words: tuple[str, ...],
    form: tuple[str, ...],
) -> None:
    monkeypatch.setenv("XDG_CONFIG_HOME", str(tmp_path))
    monkeypatch.setenv("HOME", str(tmp_path))  # where macOS has its settings
    settings = locations.settings()
    settings.parent.mkdir(parents=True, exist_ok=True)
    settings.write_text("hash_emails = true\n")
    written = run(store, *words, *form)
    assert "kim@" not in written
    assert ("user-f8032061" in written) == (words != ("events",) or bool(form))


def test_which_settings_hold_is_an_option_of_every_command_that_reads(
    store: StorePath, tmp_path: Path
) -> None:
    settings = tmp_path / "other.toml"
    settings.write_text("hash_emails = true\n")
    for words in (("usage", "--by", "user"), ("panels",), ("sessions",), ("events", "--json")):
        assert "kim@" not in run(store, *words, "--config", str(settings))
    settings.unlink()
    command = [sys.executable, "-m", "ccotel_tui", "sessions", "--config", str(settings)]
    done = subprocess.run(command + store.options(), capture_output=True, text=True)
    assert done.returncode == 0
    assert f"There is no {settings}: the defaults hold." in done.stderr


def test_a_column_of_users_where_there_are_several(store: StorePath) -> None:
    rows = [json.loads(line) for line in run(store, "sessions", "--json").splitlines()]
    lines = run(store, "sessions").splitlines()
    assert [line.split()[3] for line in lines] == [row["user"] or "-" for row in rows]
    alone = run(store, "sessions", "--filter", "user.email=kim@acme.example")
    assert "kim@acme.example" not in alone
