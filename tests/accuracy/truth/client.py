"""A fake Claude Code: the export requests of one process, and the truth of what it did."""

from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Literal

from opentelemetry.proto.logs.v1.logs_pb2 import LogRecord
from opentelemetry.proto.metrics.v1.metrics_pb2 import NumberDataPoint

from tests.accuracy.truth import otlp
from tests.accuracy.truth.days import BEGIN
from tests.accuracy.truth.otlp import Attributes, Request
from tests.accuracy.truth.truth import TOKENS, Amount, EventRow, Truth

Temporality = Literal["delta", "cumulative"]
SeriesKey = tuple[str, str, tuple[tuple[str, str], ...]]
"""The session, the metric and its labels."""

OPUS = "claude-opus-4-8"
HAIKU = "claude-haiku-4-5-20251001"

_COUNTERS = {
    "claude_code.lines_of_code.count": ("lines", "type"),
    "claude_code.active_time.total": ("active", "type"),
    "claude_code.commit.count": ("commits", ""),
    "claude_code.pull_request.count": ("pulls", ""),
    "claude_code.code_edit_tool.decision": ("edits", "decision"),
    "claude_code.cost.usage": ("cost", "model"),
}
"""What a counter amounts to, and the label that it is told by."""


@dataclass
class _Series:
    """A counter of one process: since when, how much at the last export, heard of, and now."""

    start_ns: int
    exported: float = 0.0
    heard: float = 0.0
    value: float = 0.0
    was_idle: bool = False


@dataclass
class Client:
    """One process of a session; what it does since an export is in the next one.

    `logs` False: its logs exporter is off. `strings`: it is so old that every attribute is a
    string. `hidden`: it does not tell the session's id.
    """

    session_id: str
    temporality: Temporality
    truth: Truth
    logs: bool = True
    strings: bool = False
    hidden: bool = False
    _sequence: int = 0
    _heard: bool = False
    _lost: int = 0
    _prompt: str = ""
    _records: list[LogRecord] = field(default_factory=list)
    _amounts: list[Amount] = field(default_factory=list)
    _rows: list[EventRow] = field(default_factory=list)
    _series: dict[SeriesKey, _Series] = field(default_factory=dict)

    def start(self, time_ns: int) -> None:
        """What a process tells before anybody has asked it anything."""
        self._event(time_ns, "plugin_loaded", {"plugin.name": "acme"})
        self._count(time_ns, "claude_code.session.count", {"start_type": "fresh"}, 1)

    def prompt(self, time_ns: int, builtin: bool = False) -> None:
        self._prompt = f"{self.session_id}-{(time_ns - BEGIN) // 1_000_000}"
        said: dict[str, str | int | float] = {"prompt_length": "40", "prompt": "<REDACTED>"}
        if builtin:
            said |= {"command_name": "clear", "command_source": "builtin"}
        self._event(time_ns, "user_prompt", said)
        self._tell("builtin" if builtin else "prompt", time_ns, "", 1)
        self._count(time_ns, "claude_code.active_time.total", {"type": "user"}, 1.25)

    def request(self, time_ns: int, dollars: float, model: str = OPUS) -> None:
        number = round(dollars * 1e7)
        sizes = (41 + number % 997, 196 + number % 301, number % 9_001, number % 1_203)
        tokens = dict(zip(TOKENS, sizes, strict=True))
        duration = 243 + number % 1_771
        said: dict[str, str | int | float] = {"model": model, "cost_usd": dollars}
        said |= {"query_source": "sdk", "duration_ms": duration}
        names = ("input_tokens", "output_tokens", "cache_read_tokens", "cache_creation_tokens")
        said |= zip(names, sizes, strict=True)
        self._event(time_ns, "api_request", said)
        plain = model.removesuffix("[1m]")
        for what, amount in {"cost": dollars, **tokens, "duration": duration}.items():
            self._tell(what, time_ns, plain, amount)
        wanted = {"model": f"{plain}[1m]" if plain == OPUS else plain, "query_source": "main"}
        self._count(time_ns, "claude_code.cost.usage", wanted, dollars)
        for type_, size in tokens.items():
            self._count(time_ns, "claude_code.token.usage", {**wanted, "type": type_}, size)
        self._count(time_ns, "claude_code.active_time.total", {"type": "cli"}, duration / 1000)

    def tool(self, time_ns: int, name: str, success: bool = True) -> None:
        outcome = str(success).lower()
        took = 61 + self._sequence * 37 % 1_009
        said = {"tool_name": name, "success": outcome, "duration_ms": str(took)}
        self._show("tool_events", time_ns, "tool_result", {"tool_name": name, "success": success})
        self._event(time_ns, "tool_result", said)
        self._tell("call", time_ns, name, 1)
        self._tell("success", time_ns, name, int(success))
        self._tell("took", time_ns, name, took)

    def decide(self, time_ns: int, tool: str, accept: bool) -> None:
        """The user, or a rule, lets a tool run or not."""
        decision = "accept" if accept else "reject"
        if not accept:
            told = {"tool_name": tool, "decision": "reject"}
            self._show("tool_events", time_ns, "tool_decision", told)
        said = {"tool_name": tool, "decision": decision, "source": "user_temporary"}
        self._event(time_ns, "tool_decision", said)
        if tool in ("Edit", "Write"):
            labels = {"tool_name": tool, "decision": decision, "language": "Python"}
            self._count(time_ns, "claude_code.code_edit_tool.decision", labels, 1)

    def fail(self, time_ns: int, status: int | None, attempts: int = 0) -> None:
        """A request that failed for good; after so many attempts, where that is told."""
        said: dict[str, Any] = {"model": f"{OPUS}[1m]", "error": f"no {status}"}
        said |= {} if status is None else {"status_code": status}
        told = said | ({"total_attempts": attempts} if attempts else {})
        self._show("api_error_events", time_ns, "api_error", told)
        self._event(time_ns, "api_error", said | {"duration_ms": 808, "attempt": 1})
        self._tell("error", time_ns, "none" if status is None else str(status), 1)
        if attempts:
            self._event(time_ns, "api_retries_exhausted", said | {"total_attempts": attempts})

    def refuse(self, time_ns: int) -> None:
        """The model declines."""
        self._show("api_error_events", time_ns, "api_refusal", {"category": "other"})
        self._event(time_ns, "api_refusal", {"model": OPUS, "category": "other"})

    def edit(self, time_ns: int, added: int, removed: int) -> None:
        for type_, number in (("added", added), ("removed", removed)):
            labels = {"type": type_, "model": OPUS}
            self._count(time_ns, "claude_code.lines_of_code.count", labels, number)

    def commit(self, time_ns: int, pull_request: bool = False) -> None:
        self._count(time_ns, "claude_code.commit.count", {}, 1)
        if pull_request:
            self._count(time_ns, "claude_code.pull_request.count", {}, 1)

    def clear(self, session_id: str) -> None:
        """The conversation begins anew under another id; the old id's counters stay."""
        self.session_id = session_id

    def export(self, time_ns: int) -> list[Request]:
        """The requests of an export at this time: events, then counters."""
        records = self._records
        self.truth.amounts.extend(self._amounts)
        self.truth.rows.extend(self._rows)
        if records:
            if self._heard:
                self.truth.missed[self._id()] += self._lost
            self._heard, self._lost = True, 0
        self._records, self._amounts, self._rows = [], [], []
        points = self._points(time_ns)
        version = "2.0.14" if self.strings else "2.1.330"
        temporality = otlp.DELTA if self.temporality == "delta" else otlp.CUMULATIVE
        return [
            *([otlp.logs_request(records, version)] if records else []),
            *([otlp.metrics_request(points, temporality, version)] if points else []),
        ]

    def lose(self, time_ns: int) -> None:
        """An export that nobody takes: only a cumulative counter tells of it later."""
        if self.temporality == "cumulative":
            self.lose_events()
        else:
            self._points(time_ns, heard=False)
            self.lose_events(counted=False)

    def lose_events(self, counted: bool = True) -> None:
        """Its events are taken by nobody, its counters will be."""
        for one in self._amounts if counted else ():
            self.truth.unseen[one.session] += one.number if one.what == "cost" else 0
        self._lost += len(self._records)
        self._records, self._amounts, self._rows = [], [], []

    def _tell(self, what: str, time_ns: int, key: str, number: float) -> None:
        if self.logs:
            amount = Amount(what, time_ns, self._id(), key, number, prompt=self._prompt)
            self._amounts.append(amount)

    def _show(self, panel: str, time_ns: int, name: str, told: Mapping[str, Any]) -> None:
        if self.logs:
            said = {"event_name": name, "prompt_id": self._prompt, **told}
            self._rows.append(EventRow(time_ns, self._id(), self._sequence, panel, said))

    def _event(self, time_ns: int, name: str, attributes: Attributes) -> None:
        carried = {**self._carried(self.session_id), "event.name": name}
        said: Attributes = {**carried, "event.sequence": self._sequence, **attributes}
        if self._prompt:
            said = {**said, "prompt.id": self._prompt}
        if self.strings:
            said = {key: str(value) for key, value in said.items()}
        self._sequence += 1
        if self.logs:
            self._records.append(otlp.log_record(time_ns, name, said))

    def _count(self, time_ns: int, metric: str, labels: Mapping[str, str], number: float) -> None:
        key = (self.session_id, metric, tuple(labels.items()))
        series = self._series.setdefault(key, _Series(time_ns))
        if series.was_idle and self.temporality == "delta":
            series.start_ns = time_ns
        series.was_idle = False
        series.value += number

    def _points(self, time_ns: int, heard: bool = True) -> dict[str, list[NumberDataPoint]]:
        points: defaultdict[str, list[NumberDataPoint]] = defaultdict(list)
        for (session, metric, labels), series in self._series.items():
            delta = self.temporality == "delta"
            if delta and series.value == series.exported:
                series.was_idle = True
                continue
            value = series.value - series.exported if delta else series.value
            said = {**self._carried(session), **dict(labels)}
            points[metric].append(otlp.point(series.start_ns, time_ns, value, said))
            if heard:
                grown = value if delta else value - series.heard
                self._hear(session, metric, dict(labels), time_ns, grown)
            series.exported = series.heard = series.value
            if delta:
                series.start_ns = time_ns
        return points

    def _hear(
        self, session: str, metric: str, labels: Mapping[str, str], time_ns: int, grown: float
    ) -> None:
        what, key = _COUNTERS.get(metric, ("", ""))
        counted = metric in ("claude_code.cost.usage", "claude_code.token.usage")
        if metric == "claude_code.token.usage":
            what, key = labels["type"], "model"
        if what and grown > 0:
            name = labels.get(key, "").removesuffix("[1m]")
            own = "unknown" if self.hidden else session
            self.truth.amounts.append(Amount(what, time_ns, own, name, grown, counted))

    def _id(self) -> str:
        return "unknown" if self.hidden else self.session_id

    def _carried(self, session: str) -> Attributes:
        whose = {} if self.hidden else {"session.id": session}
        return {"user.id": "302fa2364fab", **whose, "terminal.type": "xterm"}
