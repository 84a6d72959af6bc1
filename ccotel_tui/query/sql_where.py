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
            more, values = _attribute(name, value)
            text += more
            parameters += values
    return text, parameters


_SERIES_COLUMNS = {"session_id", "model", "source", "type", "tool_name", "decision"}
_EVENT_COLUMNS = _SERIES_COLUMNS - {"type"} | {
    *("prompt_id", "agent_name", "command_source", "project", "success", "status_code"),
}
"""Attributes with a column of their own."""


def reads_attributes(scope: Scope) -> bool:
    """Whether it selects by an attribute without a column: no index covers that."""
    return any(name.replace(".", "_") not in _EVENT_COLUMNS for name, _ in scope.attributes)


def _attribute(name: str, value: str) -> Query:
    """A condition on an attribute without a column of its own, in the JSON that keeps them all.

    The JSON is canonical, and a quote inside a string is escaped there: `"project":"shop"` stands
    where the attribute is, and to look for it is ten times faster than to parse.
    """
    keys = dict.fromkeys((name, name.replace("_", "."), name.replace(".", "_")))
    starts = tuple(f"{json.dumps(key, ensure_ascii=False)}:" for key in keys)
    if not value:
        has = " OR ".join("instr(r.attributes, ?)" for _ in starts)
        empty = tuple(f'{start}""' for start in starts)
        return f" AND (NOT ({has}) OR {has})", starts + empty
    text = json.dumps(value, ensure_ascii=False)
    sought = [f"{start}{text}" for start in starts]
    if _LITERAL.fullmatch(value):
        sought += [f"{start}{value}{end}" for start in starts for end in ",}"]
    return f" AND ({' OR '.join('instr(r.attributes, ?)' for _ in sought)})", tuple(sought)


_LITERAL = re.compile(r"true|false|-?\d+(\.\d+)?")
"""What JSON writes without quotes."""


def is_one_of(names: Iterable[str]) -> str:
    quoted = ["'" + name.replace("'", "''") + "'" for name in names]
    return f"= {quoted[0]}" if len(quoted) == 1 else f"IN ({', '.join(quoted)})"
