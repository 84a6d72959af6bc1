"""What a question selects by, as SQL conditions on `r`, an event or a series. Pure."""

import json
import re
from collections.abc import Iterable

from ccotel_tui.query.ask import Scope
from ccotel_tui.query.measures import Condition, Measure
from ccotel_tui.telemetry.vocabulary import API_REQUEST, model_name

Query = tuple[str, tuple[str, ...]]
"""A text, and its parameters."""

WITHOUT_REQUESTS = (
    f" AND NOT EXISTS (SELECT 1 FROM events e WHERE e.name = '{API_REQUEST}'"
    " AND e.session_id = r.session_id)"
)
"""Keeps the sessions that tell what they cost by their counters only."""


def selected(measure: Measure | None, conditions: Iterable[Condition], scope: Scope) -> Query:
    """The conditions that keep what the ask, its measure and the scope name."""
    text = ""
    parameters: tuple[str, ...] = ()
    columns = _SERIES_COLUMNS if measure and measure.signal == "counters" else _EVENT_COLUMNS
    for label, value, negated in (*(measure.where if measure else ()), *conditions):
        text += f" AND r.{label} {'IS NOT' if negated else '='} ?"
        parameters += (value,)
    if scope.session_id:
        text += " AND substr(r.session_id, 1, length(?)) = ?"
        parameters += (scope.session_id, scope.session_id)
    if scope.model:
        text += " AND instr(lower(r.model), lower(?)) > 0"
        parameters += (scope.model,)
    for name, value in scope.attributes:
        column = name.replace(".", "_")
        if column in columns and value:
            text += f" AND r.{column} = ?"
            parameters += (model_name(value) if column == "model" else value,)
        elif column in columns:
            text += f" AND r.{column} IS NULL"
        else:
            more, values = _attribute(name, value, columns is _EVENT_COLUMNS)
            text += more
            parameters += values
    return text, parameters


_SERIES_COLUMNS = {"session_id", "model", "source", "type", "tool_name", "decision"}
_EVENT_COLUMNS = _SERIES_COLUMNS - {"type"} | {
    *("prompt_id", "agent_name", "command_source", "success", "status_code"),
}
"""Attributes that are selected by a column of their own."""


def _attribute(name: str, value: str, of_event: bool) -> Query:
    """A condition on an attribute without a column of its own, in the JSON that keeps them all.

    An event keeps it with its origin or else, as the origin says, with its own. The JSON is
    canonical, and a quote inside a string is escaped there: `"team":"shop"` stands where the
    attribute is, and to look for it is ten times faster than to parse.
    """
    names = _spellings(name)
    starts = tuple(f"{json.dumps(one, ensure_ascii=False)}:" for one in names)
    sought = [f"{start}{json.dumps(value, ensure_ascii=False)}" for start in starts]
    if _LITERAL.fullmatch(value):
        sought += [f"{start}{value}{end}" for start in starts for end in ",}"]
    own, values = _holds("r.attributes", sought), tuple(sought)
    if not of_event:
        lacks = "" if value else f"NOT {_holds('r.attributes', starts)} OR "
        return f" AND ({lacks}{own})", (() if value else starts) + values
    lines = tuple(f"\n{one}\n" for one in names)
    named = _holds("o.names", lines)
    lacks = "" if value else f"NOT ({named} OR {_holds('o.attributes', starts)}) OR "
    common = f"{lacks}{_holds('o.attributes', sought)}"
    commonly = (() if value else lines + starts) + values
    # Where no origin may have it, the first condition ends the question before a row is read.
    return (
        f" AND EXISTS (SELECT 1 FROM origins o WHERE {named} OR {common})"
        f" AND (r.origin IN (SELECT o.id FROM origins o WHERE {common})"
        f" OR (r.origin IN (SELECT o.id FROM origins o WHERE {named}) AND {own}))",
        (*lines, *commonly, *commonly, *lines, *values),
    )


def nowhere(name: str) -> Query:
    """Whether no record has the attribute; a column's label is none that could be missing."""
    if name.replace(".", "_") in _EVENT_COLUMNS | _SERIES_COLUMNS:
        return "SELECT 0", ()
    names = _spellings(name)
    lines = tuple(f"\n{one}\n" for one in names)
    starts = tuple(f"{json.dumps(one, ensure_ascii=False)}:" for one in names)
    return (
        "SELECT NOT EXISTS (SELECT 1 FROM origins o"
        f" WHERE {_holds('o.names', lines)} OR {_holds('o.attributes', starts)})"
        f" AND NOT EXISTS (SELECT 1 FROM series r WHERE {_holds('r.attributes', starts)})",
        lines + starts + starts,
    )


def _spellings(name: str) -> tuple[str, ...]:
    """The attribute's name as it may have come in: dots and underscores are alike."""
    return tuple(dict.fromkeys((name, name.replace("_", "."), name.replace(".", "_"))))


def _holds(text: str, sought: Iterable[str]) -> str:
    return f"({' OR '.join(f'instr({text}, ?)' for _ in sought)})"


_LITERAL = re.compile(r"true|false|-?\d+(\.\d+)?")
"""What JSON writes without quotes."""


def is_one_of(names: Iterable[str]) -> str:
    quoted = ["'" + name.replace("'", "''") + "'" for name in names]
    return f"= {quoted[0]}" if len(quoted) == 1 else f"IN ({', '.join(quoted)})"
