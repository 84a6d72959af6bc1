"""Every command that asks, of stores and of servers whose numbers no sum can hold."""

import csv
import io
import json
import re
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any, NoReturn

import pytest

from ccotel_tui.cli import cli
from ccotel_tui.query.window import HOUR
from tests.query.stub import Stub
from tests.tools.beyond import NUMBERS, answering, keep, keep_counters, send
from tests.tools.sampling import mostly_slow

Told = Callable[..., str]
"""What a command prints, by its words."""


@pytest.fixture
def told(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> Iterator[Told]:
    monkeypatch.setattr(sys, "stdin", None)
    monkeypatch.setenv("HOME", str(tmp_path))
    monkeypatch.setenv("CLAUDE_CONFIG_DIR", str(tmp_path))
    # Two hours ago is to be today.
    monkeypatch.setenv("TZ", f"NOON{time.gmtime().tm_hour - 12:+d}")
    time.tzset()

    def told(*typed: object) -> str:
        window = [] if typed[0] == "line" else ["--since", "24h"]
        cli.main([*map(str, typed), *window], standalone_mode=False)
        return capsys.readouterr().out

    yield told
    monkeypatch.undo()
    time.tzset()


def strictly(text: str) -> Any:
    def refuse(constant: str) -> NoReturn:
        raise AssertionError(f"{constant} is no JSON")

    return json.loads(text, parse_constant=refuse)


def sweep(told: Told, *source: object) -> dict[str, Any]:
    """Ask all that can be asked; the panels, by their ids."""
    for command in ("panels", "sessions", "events", "reconcile", "line"):
        text = told(command, *source)
        assert text
        assert not re.search(r"\b(nan|inf|infinity)\b", text, re.IGNORECASE), text
        for line in told(command, "--json", *source).splitlines():
            strictly(line)
    cells = [
        cell for row in csv.reader(io.StringIO(told("panels", "--csv", *source))) for cell in row
    ]
    assert not {"nan", "inf", "-inf"} & set(cells)
    panels: dict[str, Any] = strictly(told("panels", "--json", *source))["panels"]
    assert {panel["state"] for panel in panels.values()} <= {"value", "empty", "absent"}
    return panels


@pytest.mark.parametrize("number", NUMBERS)
def test_what_a_recorder_takes(tmp_path: Path, told: Told, number: float) -> None:
    path = tmp_path / "telemetry.db"
    send(path, number, time.time_ns() - 2 * HOUR)
    panels = sweep(told, "--source", "embedded", "--db", path)
    cost = panels["total_cost"]
    if number in (-5, 1e-320):
        assert cost["value"] == pytest.approx(3 * number)
    else:
        assert "3 of 3 requests told no cost." in cost["notes"]


@pytest.mark.parametrize("number", [number for number in NUMBERS if number == number])
def test_what_an_earlier_version_kept(tmp_path: Path, told: Told, number: float) -> None:
    path = tmp_path / "telemetry.db"
    keep(path, number, time.time_ns() - 2 * HOUR)
    where = "--source", "embedded", "--db", path
    panels = sweep(told, *where)
    if abs(number) < 1e300:
        return
    for name in ("total_cost", "token_usage", "api_duration"):
        assert panels[name]["state"] == "absent"
        assert panels[name]["value"] is None
        assert not panels[name]["exact"]
        assert "too large to be summed" in panels[name]["notes"][0]
    rows = [strictly(line) for line in told("sessions", "--json", *where).splitlines()]
    assert {(row["cost"], row["tokens"], row["requests"]) for row in rows} == {
        (None, None, 2),
        (None, None, 1),
    }
    line = strictly(told("line", "--json", *where))
    assert (line["session"], line["today"]) == (None, None)
    balances = strictly(told("reconcile", "--json", *where))["sessions"]
    assert {one["state"] for one in balances} == {"differs"}
    assert all("beyond" in one["cause"] for one in balances)


def test_counters_that_an_earlier_version_kept(tmp_path: Path, told: Told) -> None:
    keep_counters(tmp_path / "telemetry.db", 1e308, time.time_ns() - 2 * HOUR)
    where = "--source", "embedded", "--db", tmp_path / "telemetry.db"
    panels = sweep(told, *where)
    cost = panels["total_cost"]
    assert (cost["value"], cost["parts"]["unseen"]) == (3, None)
    assert "too large to be summed" in cost["notes"][0]
    assert "differ in 2 of 2 whole sessions, by $0.000000" in cost["notes"][-1]
    assert panels["lines_of_code"]["state"] == "absent"


@pytest.fixture
def stub() -> Iterator[Stub]:
    with Stub() as stub:
        yield stub


@pytest.mark.parametrize(
    "number",
    mostly_slow(["NaN", "-5", "+Inf", "1e308", "1e-320", float("nan"), float("-inf"), 2**63], 2),
    ids=repr,
)
def test_what_servers_answer(stub: Stub, told: Told, number: Any) -> None:
    stub.behave = answering(number, time.time_ns())
    panels = sweep(told, "--source", "stack", "--prometheus-url", stub.url, "--loki-url", stub.url)
    for name in ("total_cost", "token_usage", "api_duration", "lines_of_code"):
        beyond = not abs(float(number)) < 1e24
        assert panels[name]["state"] == ("absent" if beyond else "value"), name
        assert (panels[name]["value"] is None) == beyond
    assert (panels["total_cost"]["parts"]["unseen"] is None) == beyond
