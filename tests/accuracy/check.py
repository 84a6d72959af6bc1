"""Panels against the truth: dollars to a millionth, counts exactly."""

from collections.abc import Mapping
from contextlib import closing
from dataclasses import dataclass
from math import fsum
from typing import Any

from ccotel_tui.panels.answer import PanelAnswer, answer_panels
from ccotel_tui.panels.catalogue import BY_ID
from ccotel_tui.query.ask import Scope
from ccotel_tui.query.window import Window
from tests.accuracy.client import Expected
from tests.accuracy.days import END
from tests.accuracy.paths import DataPath

PANELS = ("total_cost", "lines_of_code", "cost_by_model", "tool_success")
TOLERANCE_USD = 1e-6


@dataclass
class Tally:
    """What the suite did, for its summary."""

    windows: int = 0
    deviation_usd: float = 0.0


TALLY = Tally()


def panels(path: DataPath, window: Window, session: str) -> dict[str, PanelAnswer]:
    """The panels' answers about the sessions whose id begins so, as they are at END."""
    chosen = [BY_ID[id] for id in PANELS]
    with closing(path.source()) as source:
        answers = answer_panels(chosen, source, window, Scope(session), END)
    for answer in answers.values():
        assert answer.state in ("value", "empty"), answer.notes
    return answers


def check(
    path: DataPath, window: Window, session: str, expected: Expected
) -> dict[str, PanelAnswer]:
    """The four panels say what is expected, in this window."""
    answers = panels(path, window, session)
    _check_cost(answers["total_cost"], answers["cost_by_model"], window, expected)
    _check_lines(answers["lines_of_code"], expected)
    _check_tools(answers["tool_success"], expected)
    TALLY.windows += 1
    return answers


def check_life(path: DataPath, window: Window, session: str, expected: Expected) -> None:
    """As `check`, in a window that holds all of the sessions: the parts that end now agree too."""
    parts = check(path, window, session, expected)["total_cost"].parts
    for part in ("today", "7d", "30d"):
        same_dollars(parts[part], fsum(expected.cost.values()))


def same_dollars(said: float | None, expected: float) -> None:
    """Equal to a millionth of a dollar."""
    assert said is not None
    deviation = abs(said - expected)
    TALLY.deviation_usd = max(TALLY.deviation_usd, deviation)
    assert deviation <= TOLERANCE_USD, f"{said} where {expected} is right"


def _check_cost(
    total: PanelAnswer, by_model: PanelAnswer, window: Window, expected: Expected
) -> None:
    if not expected.cost:
        assert (total.state, total.value) == ("empty", None)
        assert (by_model.state, by_model.value, by_model.series) == ("empty", None, ())
        return
    same_dollars(total.value, fsum(expected.cost.values()))
    same_dollars(by_model.value, fsum(expected.cost.values()))
    found = {series.labels["model"]: (series, all_) for series, all_ in by_model.series}
    assert found.keys() == expected.cost.keys()
    for model, (series, all_) in found.items():
        assert [end for end, _ in series.points] == [end for _, end in window.buckets()]
        same_dollars(series.points[-1][1], expected.cost[model])
        same_dollars(all_, expected.cost[model])


def _check_lines(answer: PanelAnswer, expected: Expected) -> None:
    added, removed = (expected.lines.get(type_, 0) for type_ in ("added", "removed"))
    assert answer.parts == {"added": added, "removed": removed, "net": added - removed}
    assert answer.value == (added + removed if expected.lines else None)


def _check_tools(answer: PanelAnswer, expected: Expected) -> None:
    assert {row["tool_name"]: row for row in answer.rows} == _tool_rows(expected.tools)
    calls = sum(expected.tools.values())
    succeeded = sum(number for (_, ok), number in expected.tools.items() if ok)
    assert answer.value == (succeeded / calls if calls else None)


def _tool_rows(tools: Mapping[tuple[str, bool], int]) -> dict[str, dict[str, Any]]:
    rows = {}
    for name in {name for name, _ in tools}:
        success, failure = tools.get((name, True), 0), tools.get((name, False), 0)
        ratio = success / (success + failure)
        row = {"success": success, "failure": failure, "ratio": ratio}
        rows[name] = {"tool_name": name, **row}
    return rows
