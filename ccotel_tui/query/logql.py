"""Ask to LogQL. Pure.

Source: the Claude Code events as Loki keeps them, `service_name` the only index label, all other
attributes structured metadata with dots as underscores.
"""

import json

from ccotel_tui.query.ask import Ask, Scope
from ccotel_tui.query.regex import prefixed, quoted
from ccotel_tui.telemetry.vocabulary import ACTIVITY, SERVICE_PREFIX, UNKNOWN

_STREAM = '{service_name=~"' + SERVICE_PREFIX + '.*"}'
_PLAIN_MODEL = r'label_format model=`{{ regexReplaceAll "\\[[^\\]]*\\]$" .model "" }}`'


def compile(ask: Ask, scope: Scope, span: str) -> str:
    """The query; `span` is the range it looks back over, such as `900s` or `$__range`."""
    measure = ask.measure
    stages = [_STREAM, f"event_name={json.dumps(measure.record)}"]
    if "model" in ask.by or scope.model:
        stages.append(_PLAIN_MODEL)
    stages += [*_selected(scope), *(f"{name}={json.dumps(value)}" for name, value in ask.where)]
    function = "count_over_time"
    if measure.field is not None:
        function = "sum_over_time"
        stages += [f"unwrap {measure.field}", '__error__=""']
    grouping = f" by ({', '.join(ask.by)})" if ask.by else ""
    return f"sum{grouping} ({function}({' | '.join(stages)} [{span}]))"


def activity(scope: Scope) -> str:
    """The rows that make a session active."""
    names = f"event_name=~{json.dumps('|'.join(ACTIVITY))}"
    return " | ".join([_STREAM, names, *_selected(scope)])


def anything() -> str:
    """Every row of Claude Code."""
    return _STREAM


def _selected(scope: Scope) -> list[str]:
    stages = []
    if scope.session_id == UNKNOWN:
        stages.append('session_id=""')
    elif scope.session_id:
        stages.append(f"session_id=~{json.dumps(prefixed(scope.session_id))}")
    if scope.model:
        stages.append(f"model=~{json.dumps(f'(?i).*{quoted(scope.model)}.*')}")
    return stages
