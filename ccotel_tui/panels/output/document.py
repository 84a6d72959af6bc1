"""Panel answers as the JSON that scripts read, and as text."""

from collections.abc import Collection, Iterable, Iterator, Mapping
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

from ccotel_tui.local.local_zone import zone_name
from ccotel_tui.panels.output.sanitize import sanitize
from ccotel_tui.panels.output.units import quantity, shown
from ccotel_tui.query.events import time_of
from ccotel_tui.query.finite import finite
from ccotel_tui.query.query import EventRow, Scope
from ccotel_tui.query.window import SECOND, Window
from ccotel_tui.telemetry.conventions import UNKNOWN

# Sessions and events are written without what panels are made with.
if TYPE_CHECKING:
    from ccotel_tui.panels.panel import Rows
    from ccotel_tui.panels.result import PanelAnswer, ResultRow
    from ccotel_tui.query.sessions import SessionRow

SCHEMA = 0


def panels_document(
    answers: Mapping[str, "PanelAnswer"], source: str, window: Window, scope: Scope
) -> dict[str, Any]:
    """The whole answer of `panels --json`."""
    return {
        "schema": SCHEMA,
        "source": source,
        "window": {
            "from": rfc3339(window.from_ns, window),
            "to": rfc3339(window.to_ns, window),
            "step": window.step_ns // SECOND,
            "tz": zone_name(window.zone, _utc(window.to_ns)),
        },
        "scope": {
            name: value
            for name, value in (
                ("session", scope.session_id),
                ("sessions", scope.sessions),
                ("model", scope.model),
                ("filter", dict(scope.attributes)),
            )
            if value or (name == "sessions" and value is not None)
        },
        "panels": {id: panel_document(answer, window) for id, answer in answers.items()},
    }


def panel_lines(answers: Iterable["PanelAnswer"]) -> Iterator[str]:
    """The answers as lines to read."""
    for answer in answers:
        panel = answer.panel
        yield f"{panel.title}: {headline(answer)}"
        for note in answer.notes if answer.state == "value" else ():
            yield f"  {sanitize(note)}"
        for name, part in answer.parts.items():
            yield f"  {name:32} {shown(part, panel.part_unit(name)):>12}"
        for series, total in answer.series:
            if series.labels:
                name = sanitize(" ".join(series.labels.values()))
                yield f"  {name:32} {shown(total, panel.unit):>12}"
        # Events have the newest last, all other rows the largest first.
        shown_rows = answer.rows[:_MOST_ROWS] if panel.rows else answer.rows[-_MOST_ROWS:]
        for row in shown_rows:
            yield "  " + "  ".join(_cells(row, panel.rows))
        if panel.rows and (more := len(answer.rows) - len(shown_rows)):
            yield f"  {more:,} more"


def csv_rows(answers: Iterable["PanelAnswer"]) -> Iterator[tuple[object, ...]]:
    """The answers as rows of a table: what each number is, where it is in time, and the number."""
    yield "panel", "part", "labels", "time", "number"
    for answer in answers:
        id = answer.panel.id
        if answer.panel.value:
            yield id, "value", "", "", bare(answer.value)
        for name, part in answer.parts.items():
            yield id, name, "", "", bare(part)
        for series, _ in answer.series:
            labels = " ".join(f"{key}={value}" for key, value in series.labels.items())
            for end, number in series.points:
                yield id, "series", labels, bare(end / SECOND), bare(number)
        for row in answer.rows if not answer.panel.events else ():
            (label, value), *columns = row.items()
            for name, cell in columns:
                written = cell if isinstance(cell, str) else bare(cell)
                yield id, name, f"{label}={value}", "", written


def event_text(row: EventRow, window: Window) -> str:
    """An event in one line: when, whose, what."""
    cells = " ".join(_told(row, _TOLD[1:]))
    session = str(row.get("session_id") or UNKNOWN)[:8]
    when = local_time(time_of(row), window)
    return sanitize(f"{when:%m-%d %H:%M:%S}  {session}  {row['event_name']:20} {cells}".rstrip())


def session_text(row: "SessionRow", window: Window, status: str, users: int) -> str:
    """A session in one line, with its user in as many columns; with none where that is 0."""
    when = local_time(row.last_seen_ns, window)
    user = f"{row.user or '-':{users}}  " if users else ""
    return sanitize(
        f"{when:%m-%d %H:%M}  {row.session_id[:8]:8}  {user}{shown(row.cost, 'usd'):>9}  "
        f"{shown(row.tokens, 'tokens'):>6} tokens  {quantity(row.requests, 'request', 4)}  "
        f"{quantity(row.tools, 'tool', 4)}  {quantity(row.errors, 'error', 3)}  "
        f"{_models(row) or '-'}  {status}".rstrip()
    )


def session_document(row: "SessionRow", window: Window, **local: str | None) -> dict[str, Any]:
    """A session as JSON; `known` is what Claude Code says of it on this machine."""
    return {
        "session_id": row.session_id,
        "started": rfc3339(row.started_ns, window),
        "last_seen": rfc3339(row.last_seen_ns, window),
        **local,
        "project": row.project,
        "user": row.user or None,
        "model": _models(row),
        "cost": bare(row.cost),
        "tokens": bare(row.tokens),
        "cache_hit_ratio": row.cache_hit_ratio,
        "requests": row.requests,
        "tools": row.tools,
        "errors": row.errors,
        "prompts": row.prompts,
    }


def _models(row: "SessionRow") -> str | None:
    """The dearest model, and how many others there are."""
    if not row.models:
        return None
    first, *others = row.models
    return f"{first} +{len(others)}" if others else first


def headline(answer: "PanelAnswer") -> str:
    """The value, or in words why there is none."""
    if answer.state == "value" and answer.panel.value:
        return shown(answer.value, answer.panel.unit)
    if answer.state == "value":
        return quantity(len(answer.rows), "event")
    return ": ".join([answer.state, *map(sanitize, answer.notes)])


_MOST_ROWS = 10


def _cells(row: "ResultRow", rows: "Rows | None") -> Iterator[str]:
    if rows is None:
        yield " ".join(map(sanitize, _told(row, _TOLD)))
        return
    for name, cell in row.items():
        if isinstance(cell, str):
            yield f"{sanitize(cell):30}"
        else:
            yield f"{shown(cell, rows.unit(name)):>8} {name}"


def _told(row: "ResultRow", names: Collection[str]) -> Iterator[str]:
    """What these cells say, with their names; true and false as JSON has them."""
    for name, cell in row.items():
        if name in names and cell not in ("", None):
            yield f"{name}={str(cell).lower() if isinstance(cell, bool) else cell}"


_TOLD = (
    *("event_name", "tool_name", "success", "duration_ms", "cost_usd", "model", "status_code"),
    "error",
)


def panel_document(answer: "PanelAnswer", window: Window) -> dict[str, Any]:
    """One panel's answer as `panels --json` has it."""
    return {
        "title": answer.panel.title,
        "unit": answer.panel.unit,
        "state": answer.state,
        "signal": answer.signal,
        "exact": answer.exact,
        "as_of": rfc3339(answer.as_of_ns, window),
        "last_heard": answer.last_heard_ns and rfc3339(answer.last_heard_ns, window),
        "notes": list(answer.notes),
        "value": bare(answer.value),
        "parts": {name: bare(part) for name, part in answer.parts.items()},
        "series": [
            {
                "labels": dict(series.labels),
                "total": bare(total),
                "points": [[bare(end / SECOND), bare(n)] for end, n in series.points],
            }
            for series, total in answer.series
        ],
        "rows": [row_document(row, window) for row in answer.rows],
    }


def row_document(row: "ResultRow", window: Window) -> dict[str, Any]:
    """A row as JSON holds it: an event's time in RFC 3339."""
    return {
        name: rfc3339(int(cell), window)
        if name == "time" and isinstance(cell, int)
        else cell
        if isinstance(cell, str | bool)
        else bare(cell)
        for name, cell in row.items()
    }


def bare(number: float | None) -> float | int | None:
    """A whole number without its `.0`; None where it cannot be shown."""
    number = finite(number)
    return int(number) if number is not None and number == int(number) else number


def rfc3339(time_ns: int, window: Window) -> str:
    """The time in the window's zone, as JSON has it."""
    return local_time(time_ns, window).isoformat()


def local_time(time_ns: int, window: Window) -> datetime:
    """Return the time in the window's zone."""
    return _utc(time_ns).astimezone(window.zone)


def _utc(time_ns: int) -> datetime:
    whole = datetime.fromtimestamp(time_ns // SECOND, UTC)
    return whole.replace(microsecond=time_ns % SECOND // 1000)
