"""A query's conditions and a scope, as SQL on `r`, an event or a series. Pure."""

import json
import re
from collections.abc import Iterable, Sequence
from itertools import chain, product, zip_longest
from typing import NamedTuple

from ccotel_tui.query.measures import Condition
from ccotel_tui.query.query import Scope
from ccotel_tui.telemetry.conventions import API_REQUEST, model_name

Sql = tuple[str, tuple[str, ...]]
"""A statement or a part of one, and its parameters."""

WITHOUT_REQUESTS = (
    f" AND NOT EXISTS (SELECT 1 FROM events e WHERE e.name = '{API_REQUEST}'"
    " AND e.session_id = r.session_id)"
)
"""Keeps the sessions that tell what they cost by their counters only."""


def where_in_scope(conditions: Iterable[Condition], scope: Scope, of_series: bool = False) -> Sql:
    """Return the SQL that keeps the records that meet these conditions and are in the scope."""
    columns = _SERIES_COLUMNS if of_series else _EVENT_COLUMNS
    text, parameters = where_all(conditions)
    if scope.session_id:
        text += " AND substr(r.session_id, 1, length(?)) = ?"
        parameters += (scope.session_id, scope.session_id)
    if scope.sessions is not None:
        text += " AND r.session_id IN (SELECT value FROM json_each(?))"
        parameters += (json.dumps(scope.sessions),)
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
    for name, value in scope.texts:
        more, values = _holding(name, value)
        text += more
        parameters += values
    return text, parameters


def where_all(conditions: Iterable[Condition]) -> Sql:
    """Return the SQL that keeps the records that meet these conditions."""
    text = ""
    parameters: tuple[str, ...] = ()
    for label, value, negated, prefix in conditions:
        if prefix:
            # The event itself is looked up only where its origin says that it has the attribute.
            text += (
                " AND r.origin IN (SELECT o.id FROM origins o WHERE instr(o.names, ?))"
                " AND instr(r.attributes, ?)"
            )
            beginning = json.dumps(value, ensure_ascii=False)[:-1]
            parameters += (f"\n{label}\n", f'"{label}":{beginning}')
            continue
        text += f" AND r.{label} {'IS NOT' if negated else '='} ?"
        parameters += (value,)
    return text, parameters


def _holding(name: str, text: str) -> Sql:
    """An attribute of the event of that name, of any where it is empty, holds the text.

    The JSON of an event is only taken apart where the text stands somewhere in it.
    """
    key = "replace(j.key, '.', '_') = ? AND " if name else ""
    values = (name, text) if name else (text,)

    def within(column: str) -> str:
        value = "iif(j.type IN ('true', 'false'), j.type, j.value)"
        held = f"{key}instr(lower({value}), lower(?))"
        return f"EXISTS (SELECT 1 FROM json_each({column}) j WHERE {held})"

    of_event = f"(instr(lower(r.attributes), lower(?)) AND {within('r.attributes')})"
    shared = f"{within('o.attributes')} OR {within('o.context')}"
    terms = [of_event, f"r.origin IN (SELECT o.id FROM origins o WHERE {shared})"]
    escaped = json.dumps(text, ensure_ascii=False)[1:-1]
    parameters = (escaped, *values, *values, *values)
    for column, label in (("r.name", "event_name"), ("r.session_id", "session_id")):
        if name in ("", label):
            terms.append(f"instr(lower({column}), lower(?))")
            parameters += (text,)
    return f" AND ({' OR '.join(terms)})", parameters


_SERIES_COLUMNS = {"session_id", "model", "source", "type", "tool_name", "decision"}
_EVENT_COLUMNS = _SERIES_COLUMNS - {"type"} | {
    *("prompt_id", "agent_name", "command_source", "success", "status_code"),
}
"""Attributes that are selected by a column of their own."""


def _attribute(name: str, value: str, of_event: bool) -> Sql:
    """A condition on an attribute without a column of its own, in the JSON that keeps them all.

    An event keeps it with its origin or else, as the origin says, with its own; a record that has
    none of that name itself has that of its context. The JSON is canonical, and a quote inside a
    string is escaped there: `"team":"shop"` stands where the attribute has that value, or inside
    another one that is nested, which no client sends. Looking for the text is three times as fast
    as to parse.
    """
    names = spellings(name)
    starts = tuple(f"{json.dumps(spelling, ensure_ascii=False)}:" for spelling in names)
    sought = [f"{start}{json.dumps(value, ensure_ascii=False)}" for start in starts]
    if not value:
        sought += [f"{start}null" for start in starts]
    if _LITERAL.fullmatch(value):
        sought += [f"{start}{value}{end}" for start in starts for end in ",}"]
    in_event = _Terms(holds("r.attributes", sought))
    if not of_event:
        has = _Terms(holds("r.attributes", starts))
        inherited = has.negated() & _inherited("r.context", starts, sought, lacks=not value)
        return (in_event | inherited).condition()
    varies = _Terms(holds("o.names", tuple(f"\n{spelling}\n" for spelling in names)))
    has = varies | _Terms(holds("o.attributes", starts))
    common = _Terms(holds("o.attributes", sought)) | (
        has.negated() & _inherited("o.context", starts, sought, lacks=not value)
    )
    # Where no origin may have it, the first condition ends the question before a row is read.
    exists = (varies | common).within("EXISTS (SELECT 1 FROM origins o WHERE {})")
    of_origin = common.within("r.origin IN (SELECT o.id FROM origins o WHERE {})")
    of_row = varies.within("r.origin IN (SELECT o.id FROM origins o WHERE {})") & in_event
    return (exists & (of_origin | of_row)).condition()


def _inherited(column: str, starts: Sequence[str], sought: Sequence[str], lacks: bool) -> "_Terms":
    """The context has the value; or, where `lacks` is asked for, nothing of that name."""
    matches = _Terms(holds(column, sought))
    return _Terms(holds(column, starts)).negated() | matches if lacks else matches


class _Terms(NamedTuple):
    """A condition in SQL, and its parameters in the order of their places."""

    sql: Sql

    def __and__(self, other: "_Terms") -> "_Terms":
        return self._joined("AND", other)

    def __or__(self, other: "_Terms") -> "_Terms":
        return self._joined("OR", other)

    def negated(self) -> "_Terms":
        return self.within("NOT {}")

    def within(self, form: str) -> "_Terms":
        text, parameters = self.sql
        return _Terms((form.format(text), parameters))

    def condition(self) -> Sql:
        """As it follows on other conditions."""
        return self.within(" AND {}").sql

    def _joined(self, operator: str, other: "_Terms") -> "_Terms":
        (text, parameters), (more, others) = self.sql, other.sql
        return _Terms((f"({text} {operator} {more})", parameters + others))


def in_no_record(name: str) -> Sql:
    """Return SQL for whether no record has the attribute; a column's label is never missing."""
    if name.replace(".", "_") in _EVENT_COLUMNS | _SERIES_COLUMNS:
        return "SELECT 0", ()
    names = spellings(name)
    starts = tuple(f"{json.dumps(spelling, ensure_ascii=False)}:" for spelling in names)
    varies = _Terms(holds("o.names", tuple(f"\n{spelling}\n" for spelling in names)))
    of_events, of_counters = (
        _Terms(holds(f"{table}.attributes", starts)) | _Terms(holds(f"{table}.context", starts))
        for table in ("o", "r")
    )
    events = (varies | of_events).within("EXISTS (SELECT 1 FROM origins o WHERE {})")
    counters = of_counters.within("EXISTS (SELECT 1 FROM series r WHERE {})")
    return (events | counters).within("SELECT NOT {}").sql


_MOST_SEPARATORS = 4
"""Dots and underscores of a name that are each taken for either; of more all for the same."""


def spellings(name: str) -> tuple[str, ...]:
    """Return the attribute's name as it may have come in: dots and underscores are alike."""
    words = re.split("[._]", name)
    count = len(words) - 1
    each = ["._"] * count
    several = product(*each) if count <= _MOST_SEPARATORS else zip(*each, strict=True)
    names = ("".join(chain(*zip_longest(words, marks, fillvalue=""))) for marks in several)
    return tuple(dict.fromkeys((name, *names)))


def holds(text: str, sought: Iterable[str]) -> Sql:
    """Return the condition that the text has one of these in it."""
    sought = tuple(sought)
    return f"({' OR '.join(f'instr({text}, ?)' for _ in sought)})", sought


_LITERAL = re.compile(r"true|false|-?\d+(\.\d+)?")
"""What JSON writes without quotes."""


def is_one_of(names: Iterable[str]) -> str:
    quoted = ["'" + name.replace("'", "''") + "'" for name in names]
    return f"= {quoted[0]}" if len(quoted) == 1 else f"IN ({', '.join(quoted)})"
