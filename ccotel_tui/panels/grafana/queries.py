"""Numbers and curves as query text with Grafana's variables in it. Pure.

What counts is said by the boards' variables, which stand where a Scope's values do.

Boards are asked of the stack's own Loki, which holds little beside the client's events, and know no
service beforehand: they select every stream, and of its lines those that begin as the client's do.

Prompts that the client sends itself are left out where their text tells them.

Sessions without any request event count by their counters on the screen. That is a difference of
two sets of sessions from two servers, which Grafana cannot ask: here they are left out.
"""

import re
from collections.abc import Iterable
from functools import partial

from ccotel_tui.panels.panel import (
    Addition,
    Curves,
    Difference,
    Number,
    PerMinute,
    Ratio,
    SingleValue,
    Span,
    Sum,
    leaves,
)
from ccotel_tui.query.measures import NOTIFICATIONS, PROMPTS, Condition
from ccotel_tui.query.query import EventKind, LabelValues, Query, Scope
from ccotel_tui.query.stack.languages import logql, promql
from ccotel_tui.telemetry.conventions import API_RETRIES_EXHAUSTED

# Grafana knows one window, the picker's: today and the current session would need their own.
_SPANS = {
    Span.WINDOW: "$__range",
    Span.MINUTES_5: "5m",
    Span.DAYS_7: "7d",
    Span.DAYS_30: "30d",
}

# A step's number stands at its beginning: the newest step is not over yet, and would be left out.
_STEP = "[$__interval] offset -$__interval"
_UP_TO_STEP = "[$__range${__interval_ms}ms] offset -$__interval"
_WITHIN = (
    "label_format at=`{{ __timestamp__ | unixEpochNanos }}` | "
    "at > ${__from}000000 | at <= ${__to}000000"
)

_VALUES = Scope(
    "SESSION",
    "MODEL",
    attributes=(("user_email", "USER"), ("project", "PROJECT"), ("KEY", "VALUE")),
)
_VARIABLES = {
    '"^SESSION.*"': "`(?s)^(${session:pipe}).*`",
    '"(?i).*MODEL.*"': "`(?is).*(${model:pipe}).*`",
    '="USER"': "=~`(?s)^(${user:regex})$`",
    '="PROJECT"': "=~`(?s)^(${project:regex})$`",
    'KEY="VALUE"': "${filter_key:raw}=~`(?s)^(${filter_value:raw})$`",
}
"""The conditions on those values, and on Grafana's variables: between backticks, where neither
Grafana nor a server reads a backslash as its own; (?s): a hostile name may have several lines.

Ids and names of models are expressions, users and projects are escaped by Grafana.
"""

_BEFORE = f"[{promql.LOOK_BACK}] offset $__range"
"""What a counter held before the window, in PromQL."""

_TOLD = ("tool_name", "success", "duration_ms", "model", "status_code", "error")


def askable(number: Number) -> bool:
    """Return whether Grafana's servers can answer the number, and know its time range."""
    questions = list(leaves(number))
    return bool(questions) and all(span in _SPANS for span, _ in questions)


def query_text(number: Number, by: LabelValues = ()) -> str:
    """The number up to the window's end, for each value of the labels or for all together.

    Raises ValueError for what Grafana cannot ask.
    """
    match number:
        case Sum() if number.query.measure == PROMPTS:
            typed, notified = (
                _compiled(_narrowed(number, by)._replace(measure=measure), _SPANS[number.span])
                for measure in (PROMPTS, NOTIFICATIONS)
            )
            return f"{typed} - {_or_zero(notified, typed, by)}"
        case Sum():
            return _compiled(_narrowed(number, by), _SPANS[number.span])
        case SingleValue(query):
            return _compiled(Query(query.measure, by, query.where, stat=query.stat), "$__range")
        case Ratio(part, whole):
            text, all_ = _operand(part, by), _operand(whole, by)
            return f"{_or_zero(text, all_, by)} / {all_}"
        case Difference(left, right):
            text, other = _operand(left, by), _operand(right, by)
            return f"{_or_zero(text, other, by)} - {_or_zero(other, text, by)}"
        case Addition(numbers) if not by:
            # Any of them may find nothing; where none finds anything the sum is nothing.
            added = " + ".join(f"({_operand(term, by)} or vector(0))" for term in numbers)
            return f"({added}) > 0"
        case PerMinute(inner):
            return f"{_operand(inner, by)} * 60000 / $__range_ms"
        case _:
            raise ValueError(f"Grafana cannot ask for {number} by {by}.")


def part(number: Number) -> str:
    """The number as a panel's part: a sum that finds nothing is 0."""
    return f"{query_text(number)} or vector(0)" if isinstance(number, Sum) else query_text(number)


def stepped(curves: Curves) -> dict[str, str]:
    """The curves' queries by legend: what each step holds, or the sum up to it."""
    if curves.named:
        return {name: _stepped(number, ()) for name, number in curves.named.items()}
    assert curves.number is not None
    by = (curves.label,) if curves.label else ()
    legend = f"{{{{{curves.label}}}}}" if curves.label else "all"
    if curves.running:
        return {legend: since_start(curves.number, by)}
    return {legend: _stepped(curves.number, by)}


def since_start(number: Number, by: LabelValues = ()) -> str:
    """The number from the window's start to each step's end, at the window's end its whole.

    Grafana's cumulative transformation sums up only the first of several series, or drops their
    names. So each step looks back to the window's start and leaves out what was before.
    """
    whole = query_text(number, by).replace("[$__range]", _UP_TO_STEP)
    whole = whole.replace(_BEFORE, f"[{promql.LOOK_BACK}] @ start()")
    return re.sub(r'\| event_name=~?"[^"]*"', rf"\g<0> | {_WITHIN}", whole)


def events_query(kinds: Iterable[EventKind]) -> str:
    """The rows of these events."""
    return _variable(logql.rows_logql(logql.EVERY_STREAM, kinds, _VALUES))


def rows_queries(kinds: tuple[EventKind, ...]) -> str:
    """The rows of these events, each in a line that tells what a panel's row does.

    A failure that was given up is told once: what its second event adds stands beside the first.
    """
    shown = [kind for kind in kinds if kind.name != API_RETRIES_EXHAUSTED]
    labels = "".join(
        f"{{{{ if .{name} }}}} {name}={{{{ .{name} }}}}{{{{ end }}}}" for name in _TOLD
    )
    return f"{events_query(shown)} | line_format `{{{{ .event_name }}}}{labels}`"


def _stepped(number: Number, by: LabelValues) -> str:
    """The number's query over each step that the chart draws."""
    whole = query_text(number, by).replace("$__range_ms", "$__interval_ms")
    return whole.replace("[$__range]", _STEP).replace(_BEFORE, f"[{promql.LOOK_BACK}]")


def _narrowed(total: Sum, by: LabelValues) -> Query:
    """The total's question by these labels, about what the total selects."""
    where = (*total.query.where, *(Condition(*pair) for pair in total.labels.items()))
    return Query(total.query.measure, by, where, stat=total.query.stat)


def _operand(number: Number, by: LabelValues) -> str:
    return (
        query_text(number, by)
        if isinstance(number, Sum | SingleValue)
        else f"({query_text(number, by)})"
    )


def _or_zero(text: str, like: str, by: LabelValues) -> str:
    """The query, and 0 where only the other one finds something: a gap would hide the result."""
    return f"({text} or {f'{like} * 0' if by else 'vector(0)'})"


def _compiled(query: Query, span: str) -> str:
    compile = (
        promql.compile_promql
        if query.measure.signal == "counters"
        else partial(logql.compile_logql, logql.EVERY_STREAM)
    )
    texts = [_variable(text) for text in compile(query, _VALUES, span)]
    # A sum of several fields: all come with every request, so each series is in all of them.
    return texts[0] if len(texts) == 1 else f"({' + '.join(texts)})"


def _variable(text: str) -> str:
    """The query with variables in place of the scope's values."""
    for condition, variable in _VARIABLES.items():
        text = text.replace(condition, variable)
    return text
