"""Ask to SQL over the embedded store. Pure.

Each query reads its time ranges from one parameter, a JSON array of [from_ns, to_ns], and yields
rows of (index of the range, one column for each label in `by`, number).
"""

from ccotel_tui.query.ask import Ask, Scope
from ccotel_tui.telemetry.vocabulary import ACTIVITY

Parameters = tuple[str, ...]

_EVENTS = """\
SELECT b.key{groups}, {value}
FROM json_each(?) b CROSS JOIN events r
WHERE r.time_ns > b.value ->> 0 AND r.time_ns <= b.value ->> 1 AND r.name = '{record}'{where}
GROUP BY b.key{groups}"""

_COUNTERS = """\
SELECT b.key{groups}, {value}
FROM json_each(?) b CROSS JOIN series r CROSS JOIN increments i
WHERE r.metric = '{record}'{where}
  AND i.series = r.id AND i.time_ns > b.value ->> 0 AND i.time_ns <= b.value ->> 1
GROUP BY b.key{groups}"""

ACTIVITY_NAMES = ", ".join(f"'{name}'" for name in ACTIVITY)

NEWEST_ACTIVITY = f"""\
SELECT r.session_id FROM events r
WHERE r.name IN ({ACTIVITY_NAMES}) AND r.time_ns <= ?{{where}}
ORDER BY r.time_ns DESC LIMIT 1"""

LAST_HEARD = """\
SELECT max(time_ns) FROM (
    SELECT max(time_ns) AS time_ns FROM events UNION ALL SELECT max(time_ns) FROM increments)"""


def compile(ask: Ask, scope: Scope) -> tuple[str, Parameters]:
    """The query, and its parameters behind that of the time ranges."""
    measure = ask.measure
    selection, parameters = selected(scope)
    for label, value in ask.where:
        selection += f" AND r.{label} = ?"
        parameters += (value,)
    if measure.signal == "counters":
        template, value = _COUNTERS, "sum(i.value)"
    elif measure.field is None:
        template, value = _EVENTS, "count(*)"
    else:
        template, value = _EVENTS, f"sum(r.{measure.field})"
        selection += f" AND r.{measure.field} IS NOT NULL"
    text = template.format(
        groups="".join(f", r.{label}" for label in ask.by),
        value=value,
        record=measure.record,
        where=selection,
    )
    return text, parameters


def newest_activity(scope: Scope) -> tuple[str, Parameters]:
    """The session of the newest activity up to a time, which is the first parameter."""
    selection, parameters = selected(scope)
    return NEWEST_ACTIVITY.format(where=selection), parameters


def selected(scope: Scope) -> tuple[str, Parameters]:
    """The conditions that keep what the scope names."""
    text = ""
    parameters: Parameters = ()
    if scope.session_id:
        text += " AND substr(r.session_id, 1, length(?)) = ?"
        parameters += (scope.session_id, scope.session_id)
    if scope.model:
        text += " AND instr(lower(r.model), lower(?)) > 0"
        parameters += (scope.model,)
    return text, parameters
