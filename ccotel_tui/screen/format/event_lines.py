"""An event in one line of the screen, and in full."""

from collections.abc import Mapping

from textual.content import Content

from ccotel_tui.panels.output.sanitize import sanitize
from ccotel_tui.panels.output.units import dollars, short, shown
from ccotel_tui.query.measures import NOTIFICATION
from ccotel_tui.query.prompts import is_command, text_of, time_of
from ccotel_tui.query.query import EventRow
from ccotel_tui.query.window import Window
from ccotel_tui.screen import strings
from ccotel_tui.screen.format.cells import fitted, right
from ccotel_tui.screen.format.names import short_model
from ccotel_tui.screen.format.page import Page
from ccotel_tui.screen.format.prompt_timeline import command_name
from ccotel_tui.screen.format.times import clock

_SESSION_FROM = 60
_EVENT_FROM = 90
_EVENT = 16


def event_header(width: int, event: bool = True) -> Content:
    """The columns' names above the lines."""
    return Content.styled(_row(strings.EVENT_COLUMNS, width, event), "$foreground-muted")


def event_line(row: EventRow, width: int, window: Window, event: bool = True) -> Content:
    """When, whose, what happened, how long it took and what it cost; failures in red."""
    cost = _number(row, "cost_usd")
    took = _number(row, "duration_ms")
    cells = {
        "time": clock(time_of(row), window),
        "session": str(row.get("session_id") or "")[: 4 if width < _EVENT_FROM else 8],
        "event": str(row["event_name"]),
        "what": _what(row, width, event),
        "took": "" if took is None else shown(took, "ms").replace(" ", ""),
        "cost": "" if cost is None else dollars(cost),
    }
    style = "$text-error" if failed(row) else ""
    plainly = {name: sanitize(cell) for name, cell in cells.items()}
    return Content.styled(_row(plainly, width, event), style)


def what(row: EventRow) -> str:
    """Return in words what happened."""
    match row["event_name"]:
        case "tool_result":
            ok = strings.OK if row.get("success") is True else f"✗ {strings.FAILED}"
            return _together(row.get("tool_name"), ok, row.get("error_type") or row.get("error"))
        case "tool_decision":
            decided = row.get("decision")
            verdict = strings.REJECTED if decided == "reject" else decided
            return _together(row.get("tool_name"), verdict)
        case "api_error" | "api_retries_exhausted" | "api_refusal":
            return _together(
                "!", row.get("status_code"), row.get("error"), short_model(row.get("model"))
            )
        case "api_request":
            came = _number(row, "input_tokens", "cache_read_tokens", "cache_creation_tokens")
            went = _number(row, "output_tokens")
            return _together(
                short_model(row.get("model")),
                f"{short(came or 0)} in, {strings.OUTPUT.format(count=short(went or 0))}",
            )
        case "user_prompt":
            if is_command(row):
                return command_name(row)
            if text := text_of(row):
                return strings.NOTIFIED if text.startswith(NOTIFICATION) else text
            length = row.get("prompt_length") or "?"
            return strings.counted(strings.CHARACTERS, 1 if str(length) == "1" else 0).format(
                count=length
            )
        case _:
            return _together(*(row.get(name) for name in _TELLING))


_TELLING = (
    "name",
    "tool_name",
    "skill_name",
    "plugin_name",
    "server_name",
    "hook_event",
    "status",
    "trigger",
    "model",
    "error",
)


def failed(row: EventRow) -> bool:
    """Return whether the event tells of a failure."""
    return row.get("success") is False or str(row["event_name"]) in (
        "api_error",
        "api_retries_exhausted",
        "api_refusal",
    )


def event_page(row: EventRow, window: Window) -> Page:
    """Every attribute, one a line."""
    longest = max(len(name) for name in row)
    text = Content("\n").join(
        Content.assemble(
            (fitted(sanitize(name), min(longest, 24)), "$foreground-muted"),
            "  ",
            clock(time_of(row), window) if name == "time" else sanitize(str(cell)),
        )
        for name, cell in row.items()
    )
    return Page(sanitize(str(row["event_name"])), text)


def _what(row: EventRow, width: int, event: bool) -> str:
    """Return what happened, with the event's name where that has no column."""
    text = what(row)
    if width >= _EVENT_FROM and event:
        return text
    cost = _number(row, "cost_usd")
    if width < _SESSION_FROM and cost is not None:
        return _together(short_model(row.get("model")), dollars(cost))
    says_enough = row["event_name"] in ("tool_result", "api_request", "api_error")
    return text if says_enough else _together(row["event_name"], text)


def _row(cells: Mapping[str, str], width: int, event: bool) -> str:
    wide = width >= _SESSION_FROM
    columns = [fitted(cells["time"], 8)]
    if wide:
        columns.append(fitted(cells["session"], 7 if width < _EVENT_FROM else 8))
    if width >= _EVENT_FROM and event:
        columns.append(fitted(cells["event"], _EVENT))
    end = right(cells["took"], 6) + (right(cells["cost"], 9) if wide and event else "")
    left = sum(
        len_
        for len_ in (
            8,
            wide * (9 if width < _EVENT_FROM else 10),
            (_EVENT + 2) * (width >= _EVENT_FROM and event),
        )
    )
    columns.append(fitted(cells["what"], width - left - len(end) - 4))
    return "  ".join(columns) + "  " + end


def _number(row: EventRow, *names: str) -> float | None:
    numbers = [v for name in names if isinstance(v := row.get(name), int | float)]
    return sum(numbers) if numbers else None


def _together(*parts: object) -> str:
    return " ".join(str(part) for part in parts if part not in (None, ""))
