"""`panels --json`: the same numbers from every source, and the right ones."""

import json
import os
import subprocess
import sys
from datetime import UTC, datetime
from typing import Any
from zoneinfo import ZoneInfo

from ccotel_tui.panels.catalogue import BY_ID
from ccotel_tui.query.window import Window
from tests.accuracy.check import same
from tests.accuracy.paths.paths import DataPath, EmbeddedPath
from tests.accuracy.truth.days import END, SECOND, at
from tests.accuracy.truth.expected import expected
from tests.accuracy.truth.recordings import renamed, truth

SESSION = renamed("", "grpc")
BEGIN, FINISH = at("04:07"), at("05:15")


def asked(path: DataPath) -> dict[str, Any]:
    """The panels about the recorded sessions, fractions to the billionth."""
    begin, finish = (str(datetime.fromtimestamp(end // SECOND, UTC)) for end in (BEGIN, FINISH))
    words = ["panels", "--json", "--session", SESSION, "--from", begin, "--to", finish]
    done = subprocess.run(
        [sys.executable, "-m", "ccotel_tui", *words, *path.options()],
        env={**os.environ, "TZ": "Asia/Kolkata"},
        capture_output=True,
        text=True,
    )
    assert done.returncode == 0, done.stderr
    found = json.loads(done.stdout, parse_float=lambda number: round(float(number), 9))
    panels: dict[str, Any] = found["panels"]
    return panels


def comparable(panels: dict[str, Any]) -> dict[str, Any]:
    """What does not depend on when it was asked, nor on whether anybody listened."""
    names = ("title", "unit", "state", "signal", "exact", "value", "rows")
    chosen: dict[str, Any] = {id: {n: panel[n] for n in names} for id, panel in panels.items()}
    for id, panel in panels.items():
        chosen[id]["parts"] = {n: part for n, part in panel["parts"].items() if n != "today"}
        chosen[id]["series"] = [
            (one["labels"], one["total"], [point for point in one["points"] if point[1]])
            for one in panel["series"]
        ]
    return chosen


def test_panels_say_the_truth(path: DataPath) -> None:
    panels = asked(path)
    window = Window.between(BEGIN, FINISH, ZoneInfo("Asia/Kolkata"))
    right = expected(truth("grpc"), window, END)
    assert panels.keys() == right.keys() == BY_ID.keys()
    for id, panel in panels.items():
        unit = BY_ID[id].unit
        same(panel["value"], right[id].value, "usd", id)
        for name, part in panel["parts"].items():
            if name != "today":
                same(part, right[id].parts[name], "usd", f"{id} {name}")
        totals = {" ".join(one["labels"].values()): one["total"] for one in panel["series"]}
        assert totals.keys() == right[id].totals.keys(), (id, unit)
        assert len(panel["rows"]) == len(right[id].rows)


def test_sources_agree(embedded_path: EmbeddedPath, path: DataPath) -> None:
    assert comparable(asked(embedded_path)) == comparable(asked(path))
