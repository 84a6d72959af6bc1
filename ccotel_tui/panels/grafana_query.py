"""Numbers and curves as query text with Grafana's variables in it. Pure."""

from dataclasses import replace

from ccotel_tui.panels.panel import (
    Add,
    Curves,
    Minus,
    Number,
    One,
    PerMinute,
    Ratio,
    Span,
    Total,
    Unseen,
    leaves,
)
from ccotel_tui.query import logql, promql
from ccotel_tui.query.ask import Ask, Scope
from ccotel_tui.query.measures import Condition

Labels = tuple[str, ...]

# Grafana knows one window, the picker's: today and the current session would need their own.
_SPANS = {Span.WINDOW: "$__range", Span.DAYS_7: "7d", Span.DAYS_30: "30d"}

# Loki's last step ends up to one step after the window, and must look back to its start too.
_BACK_TO_FROM = "$__range${__interval_ms}ms"
_SINCE_FROM = "label_format at=`{{ __timestamp__ | unixEpochNanos }}` | at > ${__from}000000"


def askable(number: Number) -> bool:
    """Whether Grafana's servers can answer the number, and know the time that it is about."""
    asked = list(leaves(number))
    return bool(asked) and all(span in _SPANS for span, _ in asked)


def query(number: Number, by: Labels = ()) -> str:
    """The number up to the window's end, for each value of the labels or for all together."""
    match number:
        case Total():
            where = (*number.ask.where, *(Condition(*pair) for pair in number.labels.items()))
            ask = Ask(number.ask.measure, by, where, stat=number.ask.stat)
            return _compiled(ask, _SPANS[number.span])
        case One():
            return _compiled(replace(number.ask, stepped=False), _SPANS[Span.WINDOW])
        case Ratio(part, whole):
            text, all_ = _operand(part, by), _operand(whole, by)
            return f"{_or_zero(text, all_, by)} / {all_}"
        case Minus(left, right):
            text, other = _operand(left, by), _operand(right, by)
            return f"{_or_zero(text, other, by)} - {_or_zero(other, text, by)}"
        case Add(numbers):
            first, *rest = (_operand(one, by) for one in numbers)
            return " + ".join([first, *(_or_zero(one, first, by) for one in rest)])
        case PerMinute(inner):
            return f"{_operand(inner, by)} * 60000 / $__range_ms"
        case Unseen():
            raise ValueError("Grafana cannot ask what went unseen.")


def part(number: Number) -> str:
    """The number as a panel's part: a sum that finds nothing is 0."""
    return f"{query(number)} or vector(0)" if isinstance(number, Total) else query(number)


def stepped(curves: Curves) -> dict[str, str]:
    """The curves' queries by legend: what each step holds, or the sum up to it."""
    if curves.named:
        return {name: _stepped(number, ()) for name, number in curves.named.items()}
    assert curves.number is not None
    by = (curves.label,) if curves.label else ()
    legend = f"{{{{{curves.label}}}}}" if curves.label else "ratio"
    if curves.running:
        return {legend: _running(curves.number, by)}
    return {legend: _stepped(curves.number, by)}


def _stepped(number: Number, by: Labels) -> str:
    """The number's query over the step that the chart draws."""
    whole = query(number, by)
    return whole.replace("$__range_ms", "$__interval_ms").replace("$__range", "$__interval")


def _running(number: Number, by: Labels) -> str:
    """The sum from the window's start to each step.

    Grafana's cumulative transformation sums up only the first of several series, or drops their
    names. So each step looks back to the window's start and leaves out what was before.
    """
    assert isinstance(number, Total)
    ask = Ask(number.ask.measure, by, number.ask.where)
    whole = _compiled(ask, _BACK_TO_FROM)
    if ask.measure.signal == "counters":
        return whole.replace(f"offset {_BACK_TO_FROM}", "@ start()")
    record = f'event_name="{ask.measure.records[0]}"'
    return whole.replace(record, f"{record} | {_SINCE_FROM}")


def _operand(number: Number, by: Labels) -> str:
    return query(number, by) if isinstance(number, Total | One) else f"({query(number, by)})"


def _or_zero(text: str, like: str, by: Labels) -> str:
    """The query, and 0 where only the other one finds something: a gap would hide the result."""
    return f"({text} or {f'{like} * 0' if by else 'vector(0)'})"


def _compiled(ask: Ask, span: str) -> str:
    texts = _texts(ask, span)
    if len(texts) == 1:
        return texts[0]
    # A sum of several fields: all come with every request, so each series is in all of them.
    return f"({' + '.join(texts)})"


def _texts(ask: Ask, span: str) -> tuple[str, ...]:
    compile = promql.compile if ask.measure.signal == "counters" else logql.compile
    return compile(ask, Scope(), span)
