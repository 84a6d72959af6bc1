"""An event in one line of the screen, and in full."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Self

from rich.cells import cell_len
from textual.content import Content

from ccotel_tui.panels.output.sanitize import sanitize
from ccotel_tui.panels.output.units import NOT_KNOWN, in_column, short
from ccotel_tui.query.events import tells_failure, time_of
from ccotel_tui.query.measures import NOTIFICATION
from ccotel_tui.query.prompts.folded import is_command, text_of
from ccotel_tui.query.prompts.rows import MILLISECOND
from ccotel_tui.query.query import EventRow
from ccotel_tui.query.window import Window
from ccotel_tui.screen import strings
from ccotel_tui.screen.format.cells import ended, fitted
from ccotel_tui.screen.format.events.groups import LogEntry, log_entries, startup_parts
from ccotel_tui.screen.format.names import command_name, short_names
from ccotel_tui.screen.format.page import Page
from ccotel_tui.screen.format.times import clock, took_words
from ccotel_tui.telemetry.conventions import API_ERROR, API_RETRIES_EXHAUSTED, STARTUP

_SESSION_FROM = 60
_ALL_COLUMNS_FROM = 90
_TIME = 8
_KIND = 8
_TOOK = 7
_BRIEF_TOOK = 6
"""Cells of it without its blank."""
_BLANK_FROM = 42
"""Cells of a line from which it has its blank: beside a list of tools, too, not in 40 columns."""
_COST = 9


@dataclass(frozen=True, slots=True)
class EventTable:
    """The columns of the lines at a width; `session` is 0 where sessions have no room.

    `dearest` is the largest of the costs, which are all in cents or none; `models` are the short
    names of the entries' models.
    """

    width: int
    session: int
    cost: bool
    took: bool = True
    dearest: float = 0.0
    models: Mapping[str, str] = field(default_factory=dict)

    @classmethod
    def of(cls, entries: Sequence[LogEntry], width: int, *, cost: bool = True) -> Self:
        """Return the columns that hold the entries; narrow lists name no sessions.

        There is none that would be empty in every line.
        """
        took = not entries or any(map(_took, entries))
        costs = [spent for spent in map(_spent, entries) if spent is not None]
        dearest = max(costs, default=0.0)
        models = models_of(entry.row for entry in entries)
        if width < _SESSION_FROM:
            return cls(width, 0, cost=False, took=took, dearest=dearest, models=models)
        cost = cost and (not entries or bool(costs))
        longest = max((cell_len(entry.session) for entry in entries), default=0)
        least = cell_len(strings.EVENT_COLUMNS["session"])
        most = 12 if width < _ALL_COLUMNS_FROM else 16
        return cls(width, min(most, max(least, longest)), cost, took, dearest, models)

    @property
    def session_column(self) -> tuple[int, int]:
        """The first cell of the session's column, and the one behind it."""
        return _TIME + 2, _TIME + 2 + self.session

    def header(self) -> Content:
        """The columns' names."""
        cells = {
            name: Content.styled(title, "$foreground-muted")
            for name, title in strings.EVENT_COLUMNS.items()
        }
        return self._line(cells)

    def line(self, entry: LogEntry, window: Window) -> Content:
        """Return time, session, sign, event, length and cost in one line; failures in red."""
        style = "$text-error" if tells_failure(entry.row) else ""
        if entry.is_head:
            style = "bold $text-accent"
        elif entry.is_startup:
            style = "$foreground-muted"
        cells = {
            "time": Content.styled(clock(time_of(entry.row), window), "$foreground-muted"),
            "session": Content.styled(
                entry.session if entry.names_session else "",
                "bold" if entry.is_head else "$foreground-muted",
            ),
            "sign": Content.styled(_sign(entry), style),
            "what": self._what(entry, style),
        }
        # In a narrow line what happened is told whole, before how long it took.
        if not entry.is_startup and (self.session or cells["what"].cell_length <= self._room):
            took = _took(entry)
            brief = self._took_size == _BRIEF_TOOK
            cells["took"] = Content(took.replace(" ", "") if brief else took)
            cells["cost"] = Content.styled(self._cost(entry), style if entry.is_head else "")
        return self._line(cells)

    def _what(self, entry: LogEntry, style: str) -> Content:
        """Return the kind and the result; in a narrow line the model and the cost of a request."""
        if entry.is_startup:
            return Content.styled(self._startup(entry.rows), style)
        row = entry.whole
        text = sanitize(what(row, self.models))
        if entry.is_head:
            return Content.styled(" ".join(text.split()), style)
        name = kind_of(entry.row)
        kind = sanitize(name)
        result = text.removeprefix(kind).strip()
        if not self.session:
            spent = self._cost(entry)
            if spent:
                spent = f"{_model(entry.row, self.models)} {spent}"
            forms, room = [text, kind], self._room
            if row["event_name"] in (API_ERROR, API_RETRIES_EXHAUSTED):
                error = sanitize(_error(row))
                brief = [f"{error}, {words}" for words in _gave_up(row)]
                # That it was given up tells more than how long its last attempt took.
                room += self._numbers if brief else 0
                forms = [result, *brief, error]
            elif entry.row["event_name"] == "tool_result":
                forms.insert(1, sanitize(_call(entry.row)))
            fitting = next((form for form in forms if cell_len(form) <= room), forms[-1])
            return Content.styled(spent or fitting, style)
        size = max(_KIND, cell_len(kind))
        result = fitting_parts(result, self._room - size - 2)
        return Content.assemble(
            (fitted(kind, size), style), "  ", (result, style or "$foreground-muted")
        )

    def _cost(self, entry: LogEntry) -> str:
        spent = _spent(entry)
        if spent is None:
            return NOT_KNOWN if _is_prompt(entry) else ""
        return in_column(spent, self.dearest, "usd")

    def _startup(self, rows: Sequence[EventRow]) -> str:
        brief = strings.counted(strings.STARTUP, len(rows)).format(count=len(rows))
        full = f"{brief}: {startup_parts(rows)}"
        return full if cell_len(full) <= self._room + self._numbers else brief

    @property
    def _numbers(self) -> int:
        """Cells for how long it took and what it cost."""
        return (2 + self._took_size) * self.took + self.cost * _COST

    @property
    def _took_size(self) -> int:
        """Cells for how long it took, which is without its blank in the narrowest lines."""
        return _TOOK if self.width >= _BLANK_FROM else _BRIEF_TOOK

    @property
    def _room(self) -> int:
        """Cells for what happened."""
        session = self.session and self.session + 2
        return max(1, self.width - _TIME - 2 - session - 2 - self._numbers)

    def _line(self, cells: Mapping[str, Content]) -> Content:
        blank = Content("")
        parts = [_cell(cells["time"], _TIME), Content("  ")]
        if self.session:
            parts += [_cell(cells["session"], self.session), Content("  ")]
        parts += [_cell(cells.get("sign", blank), 1), Content(" ")]
        if "took" not in cells:
            return Content("").join([*parts, _cell(cells["what"], self._room + self._numbers)])
        parts.append(_cell(cells["what"], self._room))
        if self.took:
            parts += [Content("  "), _right_cell(cells["took"], self._took_size)]
        if self.cost:
            parts.append(_right_cell(cells["cost"], _COST))
        return Content("").join(parts)


def event_lines(
    rows: Iterable[EventRow], width: int, window: Window, *, cost: bool = False
) -> list[Content]:
    """Return the columns' names and a line an event."""
    entries = log_entries(rows)
    table = EventTable.of(entries, width, cost=cost)
    return [
        table.header(),
        *(table.line(entry, window) for entry in entries),
    ]


def models_of(rows: Iterable[EventRow]) -> dict[str, str]:
    """Return the short names of the models of rows that are shown together."""
    return short_names("model", (str(row["model"]) for row in rows if row.get("model")))


def _model(row: EventRow, names: Mapping[str, str]) -> str:
    return names.get(str(row.get("model")), "")


def what(row: EventRow, models: Mapping[str, str]) -> str:
    """Return in words what happened; `models` are the names of models."""
    match row["event_name"]:
        case "tool_result":
            return _together(_call(row), row.get("error_type") or row.get("error"))
        case "tool_decision":
            decided = row.get("decision")
            verdict = strings.DECISIONS.get(str(decided), decided)
            return _together(row.get("tool_name"), verdict)
        case "api_error" | "api_retries_exhausted" | "api_refusal":
            words = _together(_error(row), _model(row, models))
            return ", ".join([words, *_gave_up(row)[:1]])
        case "api_request":
            came = _number(row, "input_tokens", "cache_read_tokens", "cache_creation_tokens")
            went = _number(row, "output_tokens")
            return _together(
                _model(row, models),
                f"{strings.INPUT.format(count=short(came or 0))}, "
                f"{strings.OUTPUT.format(count=short(went or 0))}",
            )
        case "user_prompt":
            if is_command(row):
                return command_name(row)
            if text := text_of(row):
                return strings.NOTIFIED if text.startswith(NOTIFICATION) else text
            return _length(row.get("prompt_length"))
        case "assistant_response":
            return text_of(row, "response") or _length(row.get("response_length"))
        case _:
            return _together(*(row.get(name) for name in _TELLING))


def _length(characters: object) -> str:
    """Return how long a text is that the client does not tell."""
    length = str(characters or "?")
    return strings.counted(strings.CHARACTERS, 1 if length == "1" else 0).format(count=length)


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


def event_page(rows: Sequence[EventRow], window: Window) -> Page:
    """Every attribute of the events, one a line."""
    title = sanitize(str(rows[0]["event_name"]))
    if len(rows) > 1 and rows[0]["event_name"] in STARTUP:
        title = strings.counted(strings.STARTUP, len(rows)).format(count=len(rows))
    return Page(title, Content("\n\n").join(_attributes(row, window) for row in rows))


def _attributes(row: EventRow, window: Window) -> Content:
    longest = max(len(name) for name in row)
    return Content("\n").join(
        Content.assemble(
            (fitted(sanitize(name), min(longest, 24)), "$foreground-muted"),
            "  ",
            clock(time_of(row), window) if name == "time" else sanitize(str(cell)),
        )
        for name, cell in row.items()
    )


def kind_of(row: EventRow) -> str:
    """Return what the event is about: a tool, a request, else its name."""
    match row["event_name"]:
        case "tool_result":
            return str(row.get("tool_name") or row["event_name"])
        case "api_request" | "api_error" | "api_retries_exhausted":
            return strings.REQUEST
        case "tool_decision":
            return strings.DECISION
        case "assistant_response":
            return strings.RESPONSE
        case name:
            return str(name)


def _sign(entry: LogEntry) -> str:
    if entry.is_startup:
        return "+"
    return ">" if entry.is_head else "!" if tells_failure(entry.row) else ""


def _is_prompt(entry: LogEntry) -> bool:
    """Return whether its line is about a prompt as a whole."""
    return entry.prompt is not None and bool(entry.prompt.events)


def _took(entry: LogEntry) -> str:
    if entry.prompt is not None and entry.prompt.events:
        return took_words(entry.prompt.ended_ns - entry.prompt.began_ns)
    took = _number(entry.row, "duration_ms")
    return "" if took is None else took_words(round(took * MILLISECOND))


def _spent(entry: LogEntry) -> float | None:
    """Return the dollars of the prompt or of the request, None where none are told."""
    if entry.prompt is not None and entry.prompt.events:
        return entry.prompt.cost
    return _number(entry.row, "cost_usd")


def _cell(content: Content, width: int) -> Content:
    content = ended(content, width)
    return content.pad_right(width - content.cell_length)


def _right_cell(content: Content, width: int) -> Content:
    return content.pad_left(max(0, width - content.cell_length))


def _number(row: EventRow, *names: str) -> float | None:
    numbers = [v for name in names if isinstance(v := row.get(name), int | float)]
    return sum(numbers) if numbers else None


def fitting_parts(result: str, width: int) -> str:
    """As many as fit whole of the parts between commas; the first in any case."""
    while cell_len(result) > width and ", " in result:
        result = result.rpartition(", ")[0]
    return result


def _call(row: EventRow) -> str:
    """Return the tool, and whether its call ended well."""
    return _together(
        row.get("tool_name"), strings.OK if row.get("success") is True else strings.FAILED
    )


def _error(row: EventRow) -> str:
    return _together(row.get("status_code"), row.get("error"))


def _gave_up(row: EventRow) -> list[str]:
    """Return that the request was given up, in full and shortly; nothing where it was not."""
    attempts = _number(row, "total_attempts")
    if attempts is None:
        return []
    full = strings.counted(strings.GAVE_UP, attempts).format(count=f"{attempts:,.0f}")
    return [full, strings.GAVE_UP_BRIEF]


def _together(*parts: object) -> str:
    return " ".join(str(part) for part in parts if part not in (None, ""))
