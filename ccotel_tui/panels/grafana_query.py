"""Numbers and curves as query text with Grafana's variables in it. Pure."""

from ccotel_tui.panels.panel import Curves, Minus, Number, Ratio, Span, Total, leaves
from ccotel_tui.query import logql, promql
from ccotel_tui.query.ask import Ask, Scope

Labels = tuple[str, ...]

# Grafana knows one window, the picker's: today and the current session would need their own.
_SPANS = {Span.WINDOW: "$__range", Span.DAYS_7: "7d", Span.DAYS_30: "30d"}

# Loki's last step ends up to one step after the window, and must look back to its start too.
_BACK_TO_FROM = "$__range${__interval_ms}ms"
_SINCE_FROM = "label_format at=`{{ __timestamp__ | unixEpochNanos }}` | at > ${__from}000000"


def askable(number: Number) -> bool:
    """Whether Grafana knows the time that the number is about."""
    return all(span in _SPANS for span, _ in leaves(number))


def query(number: Number, by: Labels = ()) -> str:
    """The number up to the window's end, for each value of the labels or for all together."""
    match number:
        case Total():
            where = (*number.ask.where, *number.labels.items())
            return _compiled(Ask(number.ask.measure, by, where), _SPANS[number.span])
        case Ratio():
            part, whole = _operand(number.part, by), _operand(number.whole, by)
            return f"{_or_zero(part, whole, by)} / {whole}"
        case Minus():
            left, right = _operand(number.left, by), _operand(number.right, by)
            return f"{_or_zero(left, right, by)} - {_or_zero(right, left, by)}"


def part(number: Number) -> str:
    """The number as a panel's part: a sum that finds nothing is 0."""
    return f"{query(number)} or vector(0)" if isinstance(number, Total) else query(number)


def stepped(curves: Curves) -> str:
    """The curves at each step: what a step holds, or the sum from the window's start to it.

    Grafana's cumulative transformation sums up only the first of several series, or drops their
    names. So each step looks back to the window's start and leaves out what was before.
    """
    ask = curves.ask
    if not curves.running:
        return _compiled(ask, "$__interval")
    whole = _compiled(ask, _BACK_TO_FROM)
    if ask.measure.signal == "counters":
        return whole.replace(f"offset {_BACK_TO_FROM}", "@ start()")
    record = f'event_name="{ask.measure.record}"'
    return whole.replace(record, f"{record} | {_SINCE_FROM}")


def _operand(number: Number, by: Labels) -> str:
    return query(number, by) if isinstance(number, Total) else f"({query(number, by)})"


def _or_zero(text: str, like: str, by: Labels) -> str:
    """The query, and 0 where only the other one finds something: a gap would hide the result."""
    return f"({text} or {f'{like} * 0' if by else 'vector(0)'})"


def _compiled(ask: Ask, span: str) -> str:
    compile = promql.compile if ask.measure.signal == "counters" else logql.compile
    return compile(ask, Scope(), span)
