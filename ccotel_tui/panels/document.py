"""Panel answers as the JSON that scripts read, and as text."""

from collections.abc import Iterable, Iterator, Mapping
from datetime import UTC, datetime
from typing import Any

from ccotel_tui.panels.answer import PanelAnswer, Row
from ccotel_tui.panels.plain import plain
from ccotel_tui.panels.units import NOT_KNOWN, shown
from ccotel_tui.query.ask import Scope
from ccotel_tui.query.measures import Unit
from ccotel_tui.query.window import SECOND, Window

SCHEMA = 0


def document(
    answers: Mapping[str, PanelAnswer], source: str, window: Window, scope: Scope
) -> dict[str, Any]:
    """The whole answer of `panels --json`."""
    return {
        "schema": SCHEMA,
        "source": source,
        "window": {
            "from": _rfc3339(window.from_ns, window),
            "to": _rfc3339(window.to_ns, window),
            "step": window.step_ns // SECOND,
            "tz": window.zone.key,
        },
        "scope": {
            name: value
            for name, value in (("session", scope.session_id), ("model", scope.model))
            if value
        },
        "panels": {id: _panel(answer, window) for id, answer in answers.items()},
    }


def text(answers: Iterable[PanelAnswer]) -> Iterator[str]:
    """The answers as lines to read."""
    for answer in answers:
        panel = answer.panel
        yield f"{panel.title}: {headline(answer)}"
        for name, part in answer.parts.items():
            yield f"  {name:16} {shown(part, panel.unit):>12}"
        for series, total in answer.series:
            name = plain(" ".join(series.labels.values()))
            yield f"  {name:32} {shown(total, panel.unit):>12}"
        for row in answer.rows:
            yield "  " + "  ".join(_cells(row))


def headline(answer: PanelAnswer) -> str:
    """The value, or in words why there is none."""
    if answer.state == "value":
        return shown(answer.value, answer.panel.unit)
    return ": ".join([answer.state, *map(plain, answer.notes)])


def _cells(row: Row) -> Iterator[str]:
    for name, cell in row.items():
        if isinstance(cell, str):
            yield f"{plain(cell):24}"
        else:
            unit: Unit = "ratio" if name == "ratio" else "1"
            yield f"{shown(cell, unit) if cell is not None else NOT_KNOWN:>8} {name}"


def _panel(answer: PanelAnswer, window: Window) -> dict[str, Any]:
    return {
        "title": answer.panel.title,
        "unit": answer.panel.unit,
        "state": answer.state,
        "signal": answer.signal,
        "exact": True,
        "as_of": _rfc3339(answer.as_of_ns, window),
        "last_heard": answer.last_heard_ns and _rfc3339(answer.last_heard_ns, window),
        "notes": list(answer.notes),
        "value": _plain(answer.value),
        "parts": {name: _plain(part) for name, part in answer.parts.items()},
        "series": [
            {
                "labels": dict(series.labels),
                "total": _plain(total),
                "points": [[_plain(end / SECOND), _plain(n)] for end, n in series.points],
            }
            for series, total in answer.series
        ],
        "rows": [
            {name: cell if isinstance(cell, str) else _plain(cell) for name, cell in row.items()}
            for row in answer.rows
        ],
    }


def _plain(number: float | None) -> float | int | None:
    """A whole number without its `.0`."""
    return int(number) if number is not None and number == int(number) else number


def _rfc3339(time_ns: int, window: Window) -> str:
    whole = datetime.fromtimestamp(time_ns // SECOND, UTC)
    return whole.replace(microsecond=time_ns % SECOND // 1000).astimezone(window.zone).isoformat()
