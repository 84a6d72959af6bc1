"""Loki's answers, recorded from a real one and given again where there is none.

A question is known by its query and the time that it is about, relative to the suite's day, and is
asked of every stream: which are selected hangs on what was sent by then. No
record lies outside that day's (BEGIN, END], so a sum over a longer time is the sum over what it
has in common with the day: the panels' "last 30 days" is one question, whenever it is asked.
"""

import gzip
import json
import re
import threading
import urllib.request
from collections.abc import Mapping
from copy import deepcopy
from dataclasses import dataclass
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any, Self
from urllib.parse import parse_qsl, urlencode, urlsplit

from opentelemetry.proto.collector.logs.v1.logs_service_pb2 import ExportLogsServiceRequest
from opentelemetry.proto.logs.v1.logs_pb2 import LogRecord

from ccotel_tui.query.stack.languages.logql import EVERY_STREAM, client_rows
from ccotel_tui.telemetry.conventions import API_REQUEST
from tests.accuracy.truth.days import BEGIN, END, SECOND
from tests.accuracy.truth.recordings import DATA

ANSWERS = DATA / "loki-answers.json"
NOT_RECORDED = "This question to Loki was not recorded: run make record-loki"

_MILLISECOND = 1_000_000
_LENGTH_MS = (END - BEGIN) // _MILLISECOND
_RANGE = re.compile(r"\[(\d+)ms\]")
_NAMED = re.compile(r' \| session_id=~"\^\(([^"]*)\)\$"')
_STREAMS = re.compile(r'\{service_name=~"[^"]*"(, event_name=~"[^"]*")?\}')
_SERVICES = "/label/service_name/values"
_EVENTS = "/label/event_name/values"
_MOST_ROWS = 5000
"""That Loki hands out at once."""

_NOTHING = {"resultType": "vector", "result": []}

Data = dict[str, Any]
"""What an answer of Loki has as `data`."""


@dataclass(frozen=True)
class Rows:
    """The newest or the oldest rows in [from_ns, to_ns), `limit` at most."""

    from_ns: int
    to_ns: int
    limit: int
    newest: bool

    @classmethod
    def asked(cls, parameters: Mapping[str, str]) -> Self:
        from_ns, to_ns, limit = (int(parameters[name]) for name in ("start", "end", "limit"))
        return cls(from_ns, to_ns, limit, parameters["direction"] == "backward")

    def of(self, data: Data) -> Data:
        rows = sorted(
            (
                (int(value[0]), stream["stream"], value)
                for stream in data["result"]
                for value in stream["values"]
                if self.from_ns <= int(value[0]) < self.to_ns
            ),
            key=lambda row: row[0],
            reverse=self.newest,
        )
        found = [{"stream": own, "values": [value]} for _, own, value in rows[: self.limit]]
        return {"resultType": "streams", "result": found}


@dataclass(frozen=True)
class Question:
    """`key` is what it is recorded under, `time` when an instant query asks (Unix seconds).

    `empty` says that it asks about a time when nothing was. Which `sessions` are named hangs on
    what is known when it is asked: the answer is recorded of all, and given of these. Rows are
    recorded of the whole day, and given as `rows` says.
    """

    key: str
    time: float
    empty: bool
    sessions: frozenset[str] = frozenset()
    rows: "Rows | None" = None

    def of_these(self, data: Data) -> Data:
        """What it is answered, from what all sessions and the whole day are."""
        if self.rows:
            return self.rows.of(data)
        if not self.sessions:
            return data
        named = [
            one for one in data["result"] if one["metric"].get("session_id", "") in self.sessions
        ]
        return {**data, "result": named}

    @classmethod
    def asked(cls, path: str, parameters: Mapping[str, str]) -> Self:
        query = of_every_stream(parameters["query"])
        span = _RANGE.search(query)
        if span is None:
            rows = Rows.asked(parameters)
            return cls(f"{query} rows", 0.0, rows.from_ns > END or rows.to_ns <= BEGIN, rows=rows)
        if path.endswith("query_range"):
            ends = [_ms(parameters[end]) - BEGIN // _MILLISECOND for end in ("start", "end")]
            return cls(f"{query} at {ends[0]} {ends[1]}", 0.0, False)
        end = _ms(parameters["time"])
        from_ms, to_ms = _of_day(end - int(span[1])), _of_day(end)
        text = _RANGE.sub("[range]", of_all(query))
        named = _NAMED.search(query)
        sessions = frozenset(named[1].replace("\\\\", "").split("|") if named else ())
        return cls(f"{text} in {from_ms} {to_ms}", end / 1000, from_ms >= to_ms, sessions)


def of_all(query: str) -> str:
    """The query about all sessions."""
    return _NAMED.sub("", query)


def of_every_stream(query: str) -> str:
    """The query about whatever Loki holds."""
    return _STREAMS.sub(EVERY_STREAM, query)


def moved(data: Data, seconds: int, time: float) -> Data:
    """The data with its times moved; an instant query's numbers are all at `time`."""
    data = deepcopy(data)
    for series in data["result"]:
        if "value" in series:
            series["value"][0] = time
        for value in series.get("values", ()):
            if data["resultType"] == "streams":
                value[0] = str(int(value[0]) + seconds * SECOND)
            else:
                value[0] = round(value[0] + seconds, 3)
    return data


class Answering:
    """A local HTTP server that answers as Loki does."""

    version = ""

    def __init__(self) -> None:
        self._server = ThreadingHTTPServer(("127.0.0.1", 0), _handler(self))
        self._thread = threading.Thread(target=self._server.serve_forever, args=(0.05,))
        self._lock = threading.Lock()
        self.url = f"http://127.0.0.1:{self._server.server_port}"
        self.received: set[bytes] = set()
        self.services: set[str] = set()
        self.times: set[int] = set()

    def answer(self, question: Question, target: str) -> Data | None:
        """The data for the question that was asked as `target`; None where it is not known."""
        raise NotImplementedError

    def overview(self, target: str) -> object:
        """What `target`, which asks about no numbers, is answered as data."""
        raise NotImplementedError

    def take(self, request: ExportLogsServiceRequest) -> bool:
        """Keep what identifies the pushed events; False where one is outside the suite's day."""
        found = {event for event, _ in events(request)}
        with self._lock:
            self.received |= found
            self.services |= services(request)
            self.times |= {time_ns for _, time_ns in events(request)}
        return all(BEGIN < time_ns <= END for _, time_ns in events(request))

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._server.shutdown()
        self._thread.join()
        self._server.server_close()


class RecordedLoki(Answering):
    """Answers from the file; it knows nothing else."""

    def __init__(self) -> None:
        super().__init__()
        recorded = json.loads(ANSWERS.read_text())
        self.version = recorded["loki"]
        self._answers: dict[str, Data] = recorded["answers"]

    def answer(self, question: Question, target: str) -> Data | None:
        data = _NOTHING if question.empty else self._answers.get(question.key)
        if data is None:
            return None
        return question.of_these(moved(data, BEGIN // SECOND, question.time))

    def overview(self, target: str) -> object:
        """It knows what it was sent."""
        path, _, query = target.partition("?")
        if path.endswith(_SERVICES):
            return sorted(self.services)
        if path.endswith(_EVENTS):
            return [API_REQUEST]
        asked = dict(parse_qsl(query))
        if "limit" in asked:
            return self._one(asked)
        return {"result": [{"metric": {"service_name": one}} for one in self.services]}

    def _one(self, asked: Mapping[str, str]) -> Data:
        """The newest or the oldest row of all, with nothing but its time and a name."""
        from_ns, to_ns = int(asked["start"]), int(asked["end"])
        with self._lock:
            times = [one for one in self.times if from_ns <= one < to_ns]
        found = [max(times) if asked["direction"] == "backward" else min(times)] if times else []
        rows = [
            {"stream": {"event_name": "any"}, "values": [[str(one), "claude_code.any"]]}
            for one in found
        ]
        return {"resultType": "streams", "result": rows}


class RecordingLoki(Answering):
    """Asks the real Loki, and writes down what it answers."""

    def __init__(self, real_url: str, version: str) -> None:
        super().__init__()
        self.version = version
        self._real_url = real_url
        self._answers: dict[str, Data] = {}

    def overview(self, target: str) -> object:
        return self._get(target).get("data")

    def answer(self, question: Question, target: str) -> Data | None:
        path, _, query = target.partition("?")
        asked = dict(parse_qsl(query))
        asked["query"] = of_every_stream(asked["query"])
        if question.sessions:
            asked["query"] = of_all(asked["query"])
        if question.rows:
            asked |= {"start": str(BEGIN), "end": str(END + 1), "limit": str(_MOST_ROWS)}
        data = self._get(f"{path}?{urlencode(asked)}")["data"]
        assert sum(len(one.get("values", ())) for one in data["result"]) < _MOST_ROWS
        plain = {name: data[name] for name in ("resultType", "result")}
        if not question.empty:
            with self._lock:
                self._answers[question.key] = moved(plain, -BEGIN // SECOND, 0)
        return question.of_these(plain)

    def _get(self, target: str) -> Data:
        with urllib.request.urlopen(self._real_url + target, timeout=20) as answered:
            said: Data = json.load(answered)
        return said

    def write(self, path: Path = ANSWERS) -> None:
        """Write the file: sorted, an answer a line."""
        lines = [
            f"{json.dumps(key)}:{json.dumps(data, separators=(',', ':'), sort_keys=True)}"
            for key, data in sorted(self._answers.items())
        ]
        version = json.dumps(self.version)
        path.write_text(f'{{"loki":{version},"answers":{{\n' + ",\n".join(lines) + "\n}}\n")


def services(request: ExportLogsServiceRequest) -> set[str]:
    """The names of the services that the events are of."""
    return {
        pair.value.string_value
        for logs in request.resource_logs
        for pair in logs.resource.attributes
        if pair.key == "service.name"
    }


def events(request: ExportLogsServiceRequest) -> list[tuple[bytes, int]]:
    """What identifies each event, whatever the collector adds to it, and its time."""
    return [
        (_identity(record), record.time_unix_nano)
        for logs in request.resource_logs
        for scope in logs.scope_logs
        for record in scope.log_records
    ]


def _identity(record: LogRecord) -> bytes:
    told = [one for one in record.attributes if one.key in ("session.id", "event.sequence")]
    return b"|".join(
        one.SerializeToString(deterministic=True)
        for one in (LogRecord(time_unix_nano=record.time_unix_nano, body=record.body), *told)
    )


def _handler(loki: Answering) -> type[BaseHTTPRequestHandler]:
    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"
        wbufsize = -1

        def do_GET(self) -> None:
            target = urlsplit(self.path)
            if target.path == "/ready":
                self._say(200, b"ready")
                return
            if target.path.endswith("/drilldown-limits"):
                self._say(200, b'{"limits":{"max_query_series":10000}}')
                return
            asked = dict(parse_qsl(target.query))
            if _about_no_numbers(asked.get("query", "")):
                self._say_data(loki.overview(self.path))
                return
            question = Question.asked(target.path, asked)
            data = loki.answer(question, self.path)
            if data is None:
                self._say(404, f"{NOT_RECORDED} ({question.key})".encode())
            else:
                self._say_data(data)

        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["Content-Length"]))
            if self.headers.get("Content-Encoding") == "gzip":
                body = gzip.decompress(body)
            taken = loki.take(ExportLogsServiceRequest.FromString(body))
            self._say(204 if taken else 400, b"")

        def log_message(self, *_: object) -> None:
            pass

        def _say_data(self, data: object) -> None:
            self._say(200, json.dumps({"status": "success", "data": data}).encode())

        def _say(self, status: int, body: bytes) -> None:
            self.send_response(status)
            if status != 204:
                self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

    return Handler


def _about_no_numbers(query: str) -> bool:
    """Whether it asks which streams there are, or since when."""
    rows = client_rows(EVERY_STREAM)
    counted = f"sum by (service_name) (count_over_time({rows} ["
    return not query or of_every_stream(query) == rows or of_every_stream(query).startswith(counted)


def _ms(seconds: str) -> int:
    return round(float(seconds) * 1000)


def _of_day(unix_ms: int) -> int:
    """Milliseconds since the suite's day began, within what the suite uses of it."""
    return min(max(unix_ms - BEGIN // _MILLISECOND, 0), _LENGTH_MS)
