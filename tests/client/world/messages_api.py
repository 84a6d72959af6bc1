"""A Messages API on 127.0.0.1 that answers as the prompts tell it to, and keeps a log.

`spend N tokens` is answered with a text of N output tokens; `start N agents` with N calls of the
client's tool for background agents, whose prompts are `agent work 1` and so on; each of these is
answered once it is released; `run COMMAND` with a call of its tool Bash. Anything else gets a short
text. It is an HTTP proxy too, one that refuses: what the client wants of other hosts stays on this
machine.
"""

import itertools
import json
import re
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

Json = dict[str, Any]

RELEASE_TIMEOUT = 120.0
SUMMARISE = "CRITICAL: Respond with TEXT ONLY"
"""The beginning of what /compact asks for."""
SUMMARY = "<analysis>Little was said.</analysis>\n<summary>Little was said.</summary>"
INPUT, CACHE_READ, CACHE_CREATION, SHORT_ANSWER = 100, 5000, 1000, 20


@dataclass(frozen=True)
class Exchange:
    """A request that was answered: whose, the last text in it, the output tokens that it was given,
    and when, in seconds."""

    session_id: str
    model: str
    text: str
    output: int
    at: float


@dataclass
class MessagesApi:
    """`url` is what ANTHROPIC_BASE_URL takes; `refused` are the paths that were not found."""

    url: str = ""
    answered: list[Exchange] = field(default_factory=list)
    refused: list[str] = field(default_factory=list)
    _released: dict[str, threading.Event] = field(default_factory=dict)
    _lock: threading.Lock = field(default_factory=threading.Lock)

    def release(self, agent: int) -> None:
        """Let the agent of this number, from 1, have its answer."""
        self._gate(f"agent work {agent}").set()

    def of(self, session_id: str) -> list[Exchange]:
        """The answered requests of this session."""
        return [exchange for exchange in self.answered if exchange.session_id == session_id]

    def longest_pause(self, session_id: str) -> float:
        """Seconds between two answered requests of this session."""
        times = [exchange.at for exchange in self.of(session_id)]
        return max(later - earlier for earlier, later in itertools.pairwise(times))

    def answer(self, session_id: str, request: Json) -> tuple[Exchange, list[Json]]:
        """The content blocks of the answer, once it may be given."""
        prompt = _last_text(request)
        reply = SUMMARY if prompt.startswith(SUMMARISE) else "All done."
        blocks: list[Json] = [{"type": "text", "text": reply}]
        if started := re.match(r"start (\d+) agents", prompt):
            blocks = [_agent_call(request, at + 1) for at in range(int(started[1]))]
        elif command := re.match(r"run (.+)", prompt):
            blocks = [_bash_call(request, command[1])]
        elif prompt.startswith("agent work"):
            assert self._gate(prompt).wait(RELEASE_TIMEOUT), f"nobody released {prompt!r}"
        spent = re.match(r"spend (\d+) tokens", prompt)
        output = int(spent[1]) if spent else SHORT_ANSWER
        return Exchange(session_id, request["model"], prompt, output, time.monotonic()), blocks

    def _gate(self, prompt: str) -> threading.Event:
        with self._lock:
            return self._released.setdefault(prompt, threading.Event())


@contextmanager
def messages_api() -> Iterator[MessagesApi]:
    """A server that answers until the block ends."""
    api = MessagesApi()

    class Handler(_Handler):
        messages_api = api

    with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as server:
        api.url = f"http://127.0.0.1:{server.server_port}"
        thread = threading.Thread(target=server.serve_forever)
        thread.start()
        try:
            yield api
        finally:
            server.shutdown()
            thread.join()


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    messages_api: MessagesApi

    def do_POST(self) -> None:
        length = int(self.headers.get("Content-Length", 0))
        body = self.rfile.read(length)
        match self.path.partition("?")[0]:
            case "/v1/messages":
                self._stream(json.loads(body))
            case "/v1/messages/count_tokens":
                self._send(200, {"input_tokens": INPUT})
            case _:
                self._refuse()

    def _refuse(self) -> None:
        self.messages_api.refused.append(f"{self.command} {self.path}")
        error = {"type": "not_found_error", "message": f"no {self.path} here"}
        self._send(404, {"type": "error", "error": error})

    do_GET = do_HEAD = do_CONNECT = _refuse  # noqa: N815

    def _send(self, status: int, body: Json) -> None:
        content = json.dumps(body).encode()
        self.send_response(status)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(content)))
        self.send_header("Connection", "close")
        self.end_headers()
        if self.command != "HEAD":
            self.wfile.write(content)

    def _stream(self, request: Json) -> None:
        session_id = self.headers.get("X-Claude-Code-Session-Id", "")
        exchange, blocks = self.messages_api.answer(session_id, request)
        # Before the client has all of it: who waits for the client's word finds it in the log.
        self.messages_api.answered.append(exchange)
        self.send_response(200)
        self.send_header("Content-Type", "text/event-stream")
        self.send_header("Connection", "close")
        self.end_headers()
        for event in _events(exchange, blocks):
            line = f"event: {event['type']}\ndata: {json.dumps(event)}\n\n"
            self.wfile.write(line.encode())

    def log_message(self, *arguments: Any) -> None:
        """Nothing is printed."""


def _events(exchange: Exchange, blocks: list[Json]) -> Iterator[Json]:
    usage = {
        "input_tokens": INPUT,
        "cache_read_input_tokens": CACHE_READ,
        "cache_creation_input_tokens": CACHE_CREATION,
        "output_tokens": 1,
    }
    message: Json = {
        "id": "msg_1",
        "type": "message",
        "role": "assistant",
        "model": exchange.model,
        "content": [],
        "stop_reason": None,
        "stop_sequence": None,
        "usage": usage,
    }
    yield {"type": "message_start", "message": message}
    for index, block in enumerate(blocks):
        yield from _block_events(index, block)
    stop = "tool_use" if blocks[0]["type"] == "tool_use" else "end_turn"
    yield {
        "type": "message_delta",
        "delta": {"stop_reason": stop, "stop_sequence": None},
        "usage": {"output_tokens": exchange.output},
    }
    yield {"type": "message_stop"}


def _block_events(index: int, block: Json) -> Iterator[Json]:
    if block["type"] == "text":
        begun = {**block, "text": ""}
        delta = {"type": "text_delta", "text": block["text"]}
    else:
        begun = {**block, "input": {}}
        delta = {"type": "input_json_delta", "partial_json": json.dumps(block["input"])}
    yield {"type": "content_block_start", "index": index, "content_block": begun}
    yield {"type": "content_block_delta", "index": index, "delta": delta}
    yield {"type": "content_block_stop", "index": index}


def _last_text(request: Json) -> str:
    """The last text of the user; empty where it is a tool's result."""
    content = [m["content"] for m in request["messages"] if m["role"] == "user"][-1]
    if isinstance(content, str):
        return content
    return str(content[-1].get("text", ""))


def _agent_call(request: Json, number: int) -> Json:
    """A call of the tool that starts agents; they run in the background unless told otherwise."""
    arguments: Json = {
        "description": f"errand {number}",
        "prompt": f"agent work {number}",
        "subagent_type": "general-purpose",
    }
    offered = [tool for tool in request["tools"] if arguments.keys() <= _parameters(tool)]
    assert len(offered) == 1, f"tools for agents: {[tool['name'] for tool in offered]}"
    if "run_in_background" in _parameters(offered[0]):
        arguments["run_in_background"] = True
    id = f"toolu_{len(request['messages'])}_{number}"
    return {"type": "tool_use", "id": id, "name": offered[0]["name"], "input": arguments}


def _bash_call(request: Json, command: str) -> Json:
    id = f"toolu_{len(request['messages'])}"
    return {"type": "tool_use", "id": id, "name": "Bash", "input": {"command": command}}


def _parameters(tool: Json) -> set[str]:
    return set(tool.get("input_schema", {}).get("properties", ()))
