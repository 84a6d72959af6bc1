"""The quantities that can be summed.

The second of three dictionaries: the client's names are in `telemetry.conventions`, what is shown
in `panels.catalogue`.
"""

from typing import Literal, NamedTuple

from ccotel_tui.telemetry import conventions

MeasureSignal = Literal["events", "counters"]
Unit = Literal["usd", "tokens", "lines", "ms", "s", "ratio", "1/min", "1/h", "1/d", "1"]


class Condition(NamedTuple):
    """A label has this value; `negated`: any other, or none.

    `prefix`: the value is the beginning of what an event's own attribute of that name holds.
    """

    label: str
    value: str
    negated: bool = False
    prefix: bool = False


class Measure(NamedTuple):
    """A quantity that adds up.

    `records` are the events or the metrics that carry it, `fields` the events' attributes that are
    summed (none: the events are counted), `labels` what it can be grouped and selected by. Only
    records that meet `where` count. A session without any api_request counts by `fallback`.
    """

    signal: MeasureSignal
    records: tuple[str, ...]
    fields: tuple[str, ...]
    unit: Unit
    labels: frozenset[str]
    where: tuple[Condition, ...] = ()
    fallback: "Measure | None" = None


def _counter(
    metric: str, unit: Unit, labels: tuple[str, ...] = (), where: tuple[Condition, ...] = ()
) -> Measure:
    return Measure("counters", (metric,), (), unit, frozenset({"session_id", *labels}), where)


def _requests(fields: tuple[str, ...], unit: Unit, fallback: Measure | None = None) -> Measure:
    labels = frozenset({"session_id", "model", "source", "prompt_id"})
    return Measure("events", (conventions.API_REQUEST,), fields, unit, labels, fallback=fallback)


def _events(name: str, labels: tuple[str, ...], where: tuple[Condition, ...] = ()) -> Measure:
    return Measure(
        "events", (name,), (), "1", frozenset({"session_id", "prompt_id", *labels}), where
    )


_BY_REQUEST = ("model", "source")


def _tokens(field: str, kind: str) -> Measure:
    of_kind = (Condition("type", kind),)
    return _requests(
        (field,), "tokens", _counter(conventions.TOKENS, "tokens", _BY_REQUEST, of_kind)
    )


COST_COUNTED = _counter(conventions.COST, "usd", _BY_REQUEST)
TOKENS_COUNTED = _counter(conventions.TOKENS, "tokens", ("type", *_BY_REQUEST))

COST = _requests(("cost_usd",), "usd", COST_COUNTED)
COST_EPSILON_USD = 5e-7
"""Half a millionth of a dollar is below what the client reports."""

COST_BY_EVENTS = _requests(("cost_usd",), "usd")
INPUT = _tokens("input_tokens", "input")
OUTPUT = _tokens("output_tokens", "output")
CACHE_READ = _tokens("cache_read_tokens", "cacheRead")
CACHE_CREATION = _tokens("cache_creation_tokens", "cacheCreation")
TOKENS_BY_TYPE = {
    "input": INPUT,
    "output": OUTPUT,
    "cacheRead": CACHE_READ,
    "cacheCreation": CACHE_CREATION,
}
"""By the type that points of the counter have, in the order of `query.TokenKinds`."""

TOKENS = _requests(
    (*INPUT.fields, *OUTPUT.fields, *CACHE_READ.fields, *CACHE_CREATION.fields),
    "tokens",
    TOKENS_COUNTED,
)
REQUESTS = _requests((), "1")
DURATION = _requests(("duration_ms",), "ms")
FIRST_TOKEN = _requests(("ttft_ms",), "ms")
"""The time to first token of the requests that tell it: the client does since 2.1.33x."""

ERRORS = _events(conventions.API_ERROR, ("model", "source", "status_code"))
TOOL_CALLS = _events(conventions.TOOL_RESULT, ("tool_name", "success"))
TOOL_DURATION = TOOL_CALLS._replace(fields=("duration_ms",), unit="ms")
_NO_COMMAND = Condition("command_source", "builtin", negated=True)
PROMPTS = _events(conventions.USER_PROMPT, ("command_source",), where=(_NO_COMMAND,))
"""Whatever the client calls a prompt; `query.prompts` takes out those that nobody typed."""

NOTIFICATION = "<task-notification>"
"""The beginning of a prompt that the client sends itself, to go on with the one before."""

NOTIFICATIONS = _events(
    conventions.USER_PROMPT,
    ("command_source",),
    where=(_NO_COMMAND, Condition("prompt", NOTIFICATION, prefix=True)),
)
"""Prompts whose text tells that nobody typed them."""

PERSON_ACTIVITY = Measure(
    "events",
    (conventions.USER_PROMPT, conventions.API_REQUEST),
    (),
    "1",
    frozenset({"session_id"}),
)
"""Prompts and requests: what makes a session the one that is worked in."""

ACTIVITY = Measure(
    "events",
    conventions.ACTIVITY,
    (),
    "1",
    frozenset({"session_id"}),
    fallback=Measure(
        "counters", (conventions.COST, conventions.TOKENS), (), "1", frozenset({"session_id"})
    ),
)

EVENTS = Measure("events", (), (), "1", frozenset())
"""All events, whatever they are called."""

FAILED_CALLS = EVENTS._replace(where=(Condition("success", "false"),))
FAILED_REQUESTS = EVENTS._replace(records=conventions.FAILURES)
"""With the calls that failed all that the event log marks as a failure."""

LINES = _counter(conventions.LINES_OF_CODE, "lines", ("type", "model"))
ACTIVE_TIME = _counter(conventions.ACTIVE_TIME, "s", ("type",))
COMMITS = _counter(conventions.COMMITS, "1")
PULL_REQUESTS = _counter(conventions.PULL_REQUESTS, "1")
EDIT_DECISIONS = _counter(conventions.EDIT_DECISIONS, "1", ("decision", "tool_name"))
