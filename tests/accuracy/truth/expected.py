"""What each panel has to say about a truth, by the plainest definitions."""

from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, time, timedelta
from math import fsum
from statistics import quantiles
from typing import Any, Literal

from ccotel_tui.query.window import Window
from tests.accuracy.truth.days import DAY, MINUTE, SECOND
from tests.accuracy.truth.truth import TOKENS, Amount, Truth, as_type, summed

NEWEST = 200
"""Rows of an event panel."""

Numbers = Mapping[str, float | None]
Form = Literal["bars", "running", "sparse"]
"""Bars are 0 where nothing was, running sums carry on, sparse points are null there."""


@dataclass(frozen=True)
class Expected:
    """A panel's answer; `points` of a series are those of the buckets in which something was."""

    found: bool
    value: float | None = None
    parts: Numbers = field(default_factory=dict)
    form: Form = "bars"
    totals: Numbers = field(default_factory=dict)
    points: Mapping[str, dict[int, float | None]] = field(default_factory=dict)
    rows: Sequence[Mapping[str, Any]] = ()


def expected(truth: Truth, window: Window, now_ns: int) -> dict[str, Expected]:
    """The panels of the window, by id; `now_ns` is when they are asked for."""
    asked = truth.within(window.from_ns, window.to_ns)
    return {
        "active_sessions": _active(truth, asked, now_ns),
        "total_cost": _cost(truth, asked, window, now_ns),
        "token_usage": _tokens(asked),
        "lines_of_code": _lines(asked),
        "cost_by_model": _curves(asked.of("cost"), window, "running"),
        "tokens_by_type": _by_type(asked, window),
        "tokens_by_model": _curves(asked.of(*TOKENS), window),
        "tool_rate": _rates(asked.of("call"), window),
        "tool_count": _curves(asked.of("call"), window, "running"),
        "tool_success": _tools(asked),
        "api_duration": _durations(asked.of("duration"), window),
        "api_errors": _errors(asked, window),
        "code_changes": _curves(asked.of("lines"), window, "running"),
        "dev_activity": _activity(asked, window),
        "tool_events": _rows(asked, "tool_events"),
        "api_error_events": _rows(asked, "api_error_events"),
    }


def bucket(time_ns: int, window: Window) -> tuple[int, int]:
    """The bucket (from, to] that the time lies in."""
    if window.step_ns == DAY:
        day = datetime.fromtimestamp((time_ns - 1) // SECOND, UTC).astimezone(window.zone).date()
        ends = (datetime.combine(one, time(), window.zone) for one in (day, day + timedelta(1)))
        from_ns, to_ns = (int(end.timestamp()) * SECOND for end in ends)
    else:
        from_ns = (time_ns - 1) // window.step_ns * window.step_ns
        to_ns = from_ns + window.step_ns
    return max(from_ns, window.from_ns), min(to_ns, window.to_ns)


def percentile(values: Iterable[float], percent: int) -> float:
    """As the standard library has it."""
    values = list(values)
    if len(values) == 1:
        return values[0]
    return quantiles(values, n=100, method="inclusive")[percent - 1]


def _total(amounts: Iterable[Amount]) -> float:
    return fsum(one.number for one in amounts)


def _ratio(part: float, whole: float) -> float | None:
    return part / whole if whole else None


def _by_bucket(
    amounts: Iterable[Amount], window: Window, of: Callable[[list[Amount]], float | None] = _total
) -> dict[str, dict[int, float | None]]:
    """By label and by the bucket's end, what `of` makes of the amounts there."""
    there: defaultdict[str, defaultdict[int, list[Amount]]] = defaultdict(lambda: defaultdict(list))
    for one in amounts:
        there[one.key][bucket(one.time_ns, window)[1]].append(one)
    return {key: {end: of(found) for end, found in ends.items()} for key, ends in there.items()}


def _curves(amounts: list[Amount], window: Window, form: Form = "bars") -> Expected:
    return Expected(
        found=bool(amounts),
        value=_total(amounts),
        form=form,
        totals=summed(amounts),
        points=_by_bucket(amounts, window),
    )


def _active(truth: Truth, asked: Truth, now_ns: int) -> Expected:
    last = truth.within(now_ns - 5 * MINUTE, now_ns).active()
    return Expected(bool(asked.active()), len(asked.active()), {"last_5m": len(last)})


def _cost(truth: Truth, asked: Truth, window: Window, now_ns: int) -> Expected:
    today = datetime.fromtimestamp(now_ns // SECOND, window.zone).date()
    midnight = int(datetime.combine(today, time(), window.zone).timestamp()) * SECOND
    starts = {"today": midnight, "7d": now_ns - 7 * DAY, "30d": now_ns - 30 * DAY}
    parts: dict[str, float | None] = {
        name: _total(truth.within(start, now_ns).of("cost")) for name, start in starts.items()
    }
    costs = asked.of("cost")
    # A session without requests counts by its counters: none of that is unseen.
    tell = {one.session for one in truth.of("duration")} & set(asked.active())
    parts["unseen"] = fsum(truth.unseen.get(session, 0) for session in tell)
    return Expected(bool(costs), _total(costs), {**_current(truth, now_ns), **parts})


def _current(truth: Truth, now_ns: int) -> Numbers:
    """What the session of the newest activity cost, and its newest prompt."""
    life = truth.within(0, now_ns)
    active = life.active()
    if not active:
        return {"current_session": None, "last_prompt": None}
    session = max(active, key=lambda one: (active[one], one))
    costs = [one for one in life.of("cost") if one.session == session]
    heads = [one for one in life.of("prompt", "builtin", "notification") if one.session == session]
    typed = [one for one in heads if one.what == "prompt"]
    # Of a prompt whose own record was not received the requests tell.
    lost = [one for one in costs if one.prompt and one.prompt not in {one.prompt for one in heads}]
    newest = max(costs, key=lambda one: one.time_ns, default=None)
    last = newest.prompt if newest in lost and newest else ""
    if not last and typed:
        last = max(typed, key=lambda one: one.time_ns).prompt
    prompt = [one for one in costs if one.prompt == last]
    return {"current_session": _total(costs), "last_prompt": _total(prompt) if last else None}


def _tokens(asked: Truth) -> Expected:
    sums = {name: _total(asked.of(name)) for name in TOKENS}
    read, sent = sums["cacheRead"], sum(sums.values()) - sums["output"]
    parts = {"input": sums["input"], "output": sums["output"], "cache_read": read}
    parts["cache_creation"] = sums["cacheCreation"]
    found = bool(asked.of(*TOKENS))
    return Expected(found, sum(sums.values()), {**parts, "cache_hit_ratio": _ratio(read, sent)})


def _lines(asked: Truth) -> Expected:
    sums = Counter(summed(asked.of("lines")))
    added, removed = sums["added"], sums["removed"]
    parts = {"added": added, "removed": removed, "net": added - removed}
    return Expected(bool(sums), added + removed, parts)


def _by_type(asked: Truth, window: Window) -> Expected:
    curves = _curves(as_type(asked.of(*TOKENS)), window)
    totals = {name: curves.totals.get(name, 0.0) for name in TOKENS}
    return Expected(curves.found, curves.value, totals=totals, points=curves.points)


def _rates(calls: list[Amount], window: Window) -> Expected:
    def rate(there: list[Amount]) -> float | None:
        from_ns, to_ns = bucket(there[0].time_ns, window)
        whole = (to_ns - from_ns) * 2 >= window.step_ns
        return _total(there) * MINUTE / (to_ns - from_ns) if whole else None

    minutes = (window.to_ns - window.from_ns) / MINUTE
    return Expected(
        found=bool(calls),
        value=_total(calls) / minutes,
        totals={name: number / minutes for name, number in summed(calls).items()},
        points=_by_bucket(calls, window, rate),
    )


def _tools(asked: Truth) -> Expected:
    calls, success = summed(asked.of("call")), summed(asked.of("success"))
    rows = [
        {
            "tool_name": name,
            "success": success[name],
            "failure": calls[name] - success[name],
            "ratio": success[name] / calls[name],
        }
        for name in sorted(calls, key=lambda name: (-success[name], name))
    ]
    return Expected(bool(calls), _ratio(sum(success.values()), sum(calls.values())), rows=rows)


def quantiles_by(amounts: list[Amount], label: str, *columns: str) -> Expected:
    """Rows of `count` and percentiles such as `p95`, most of the first first; all's 95th."""
    groups: defaultdict[str, list[float]] = defaultdict(list)
    for one in amounts:
        groups[one.key].append(one.number)
    rows: list[dict[str, Any]] = [
        {label: name, **{column: _column(values, column) for column in columns}}
        for name, values in groups.items()
    ]
    return Expected(
        found=bool(amounts),
        value=_p95(amounts) if amounts else None,
        rows=sorted(rows, key=lambda row: (-row[columns[0]], row[label])),
    )


def _column(values: list[float], column: str) -> float:
    return len(values) if column == "count" else percentile(values, int(column[1:]))


def _p95(amounts: Iterable[Amount]) -> float:
    return percentile((one.number for one in amounts), 95)


def _durations(amounts: list[Amount], window: Window) -> Expected:
    table = quantiles_by(amounts, "model", "count", "p50", "p95", "p99")
    return replace(
        table,
        form="sparse",
        totals={row["model"]: row["p95"] for row in table.rows},
        points=_by_bucket(amounts, window, _p95),
    )


def _errors(asked: Truth, window: Window) -> Expected:
    errors, both = asked.of("error"), asked.of("error", "duration")
    codes = summed(errors)

    def share(there: list[Amount]) -> float | None:
        return sum(one.what == "error" for one in there) / len(there)

    unlabelled = [one._replace(key="") for one in both]
    return Expected(
        found=bool(both),
        value=_ratio(len(errors), len(both)),
        parts={"errors": len(errors), "requests": len(both) - len(errors)},
        form="sparse",
        totals={"": _ratio(len(errors), len(both))},
        points=_by_bucket(unlabelled, window, share),
        rows=[
            {"status_code": code, "count": codes[code]}
            for code in sorted(codes, key=lambda code: (-codes[code], code))
        ],
    )


def _activity(asked: Truth, window: Window) -> Expected:
    active = _curves(asked.of("active"), window)
    edits = Counter(summed(asked.of("edits")))
    parts: Numbers = {
        "commits": _total(asked.of("commits")),
        "pull_requests": _total(asked.of("pulls")),
        "active_time_user": active.totals.get("user", 0.0),
        "active_time_cli": active.totals.get("cli", 0.0),
        "edits_accepted": edits["accept"],
        "edits_rejected": edits["reject"],
        "prompts": len(asked.of("prompt")),
    }
    found = bool(asked.of("active", "commits", "pulls", "edits", "prompt"))
    return Expected(found, active.value, parts, totals=active.totals, points=active.points)


def _rows(asked: Truth, panel: str) -> Expected:
    rows = sorted((one for one in asked.rows if one.panel == panel), key=lambda one: one[:3])
    return Expected(bool(rows), rows=[one.told for one in rows][-NEWEST:])
