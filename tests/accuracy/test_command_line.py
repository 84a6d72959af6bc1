"""`panels --json`: the same numbers from every source, and the right ones."""

import json
import os
import subprocess
import sys
from datetime import UTC, datetime
from functools import reduce
from math import fsum
from operator import add
from typing import Any

import pytest

from tests.accuracy.check import PANELS, same_dollars
from tests.accuracy.days import SECOND, at
from tests.accuracy.paths import DataPath, EmbeddedPath, StackPath
from tests.accuracy.recordings import renamed, sessions

SESSION = renamed("", "grpc")


def asked(path: DataPath) -> dict[str, Any]:
    """The four panels about the recorded sessions, dollars to the billionth."""
    ends = (datetime.fromtimestamp(at(clock) // SECOND, UTC) for clock in ("04:07", "05:15"))
    begin, finish = map(str, ends)
    words = ["panels", "--json", "--session", SESSION, "--from", begin, "--to", finish]
    done = subprocess.run(
        [sys.executable, "-m", "ccotel_tui", *words, *path.options()],
        env={**os.environ, "TZ": "Asia/Kolkata"},
        capture_output=True,
        text=True,
    )
    assert done.returncode == 0, done.stderr
    found = json.loads(done.stdout, parse_float=lambda number: round(float(number), 9))
    return {id: found["panels"][id] for id in PANELS}


def comparable(panels: dict[str, Any]) -> dict[str, Any]:
    """What does not depend on when it was asked."""
    names = ("title", "unit", "state", "signal", "exact", "value", "parts", "series", "rows")
    chosen = {id: {name: panel[name] for name in names} for id, panel in panels.items()}
    chosen["total_cost"]["parts"] = {
        name: part for name, part in chosen["total_cost"]["parts"].items() if name != "today"
    }
    return chosen


def test_panels_say_the_truth(path: DataPath) -> None:
    panels = asked(path)
    expected = reduce(add, (session.expected for session in sessions()))
    for dollars in (
        panels["total_cost"]["value"],
        panels["total_cost"]["parts"]["7d"],
        panels["cost_by_model"]["value"],
        fsum(series["points"][-1][1] for series in panels["cost_by_model"]["series"]),
    ):
        same_dollars(dollars, fsum(expected.cost.values()))
    added, removed = expected.lines["added"], expected.lines["removed"]
    assert panels["lines_of_code"]["value"] == added + removed
    assert panels["lines_of_code"]["parts"] == {
        "added": added,
        "removed": removed,
        "net": added - removed,
    }
    calls = {
        (row["tool_name"], column == "success"): row[column]
        for row in panels["tool_success"]["rows"]
        for column in ("success", "failure")
        if row[column]
    }
    assert calls == expected.tools


@pytest.mark.servers
def test_sources_agree(embedded_path: EmbeddedPath, stack_path: StackPath) -> None:
    assert comparable(asked(embedded_path)) == comparable(asked(stack_path))
