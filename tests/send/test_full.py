"""A collector that has no room for more is sent to more slowly; one that is not there is told."""

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from itertools import count

import grpc
import pytest

from ccotel_tui.errors import EndpointUnavailable
from ccotel_tui.send import exporter as exporter_module
from ccotel_tui.send.exporter import exporter
from ccotel_tui.send.replay import Line, send
from ccotel_tui.telemetry.encode import logs_request
from ccotel_tui.telemetry.records import Event
from tests.tools.hostile_servers import answering
from tests.tools.otlp import T0

FULL = "data refused due to high memory usage"
REQUEST = logs_request([Event(T0, "claude-code", "tick", {})])


class _Full(grpc.GenericRpcHandler):
    """Refuses each request so many times before it takes it, as a memory limiter does."""

    def __init__(self, refusals: float, code: grpc.StatusCode) -> None:
        self._refusals = refusals
        self._code = code
        self.taken: list[bytes] = []
        self._asked = count()

    def service(self, _: grpc.HandlerCallDetails) -> "grpc.RpcMethodHandler[bytes, bytes]":
        return grpc.unary_unary_rpc_method_handler(self._take)

    def _take(self, body: bytes, context: grpc.ServicerContext) -> bytes:
        if next(self._asked) < self._refusals:
            context.abort(self._code, FULL)
        self.taken.append(body)
        return b""


@contextmanager
def collector(
    refusals: float, code: grpc.StatusCode = grpc.StatusCode.UNAVAILABLE
) -> Iterator[tuple[str, _Full]]:
    handler = _Full(refusals, code)
    server = grpc.server(ThreadPoolExecutor(1))
    server.add_generic_rpc_handlers((handler,))
    port = server.add_insecure_port("127.0.0.1:0")
    server.start()
    try:
        yield f"127.0.0.1:{port}", handler
    finally:
        server.stop(None).wait()


@pytest.fixture(autouse=True)
def pauses(monkeypatch: pytest.MonkeyPatch) -> tuple[float, ...]:
    """The pauses that would be made, none of which is waited for."""
    made = exporter_module._PAUSES
    monkeypatch.setattr(exporter_module, "_PAUSES", (0.0,) * len(made))
    return made


def test_what_is_refused_for_now_is_sent_again_and_that_is_said() -> None:
    said: list[str] = []
    with collector(3) as (endpoint, full):
        sent = send([Line(REQUEST, T0), Line(REQUEST, T0)], endpoint, say=said.append)
    assert full.taken == [REQUEST.SerializeToString()] * 2
    assert (sent.requests, sent.refused) == (2, 0)
    assert said == [f"{endpoint} has no room for more now ({FULL}): going slower"] * 3


def test_one_that_stays_full_is_told_at_last(
    pauses: tuple[float, ...],
) -> None:
    said: list[str] = []
    with (
        collector(float("inf")) as (endpoint, full),
        pytest.raises(EndpointUnavailable, match=FULL),
    ):
        send([Line(REQUEST, T0)], endpoint, say=said.append)
    assert not full.taken
    assert len(said) == len(pauses)
    assert list(pauses) == sorted(pauses)
    assert sum(pauses) > 30


def test_what_is_refused_for_good_is_not_sent_again() -> None:
    said: list[str] = []
    with (
        collector(1, grpc.StatusCode.INVALID_ARGUMENT) as (endpoint, _),
        pytest.raises(EndpointUnavailable, match=FULL),
    ):
        send([Line(REQUEST, T0)], endpoint, say=said.append)
    assert not said


def test_another_program_is_no_collector_without_room() -> None:
    said: list[str] = []
    with (
        answering(lambda _: (200, b"welcome")) as server,
        exporter(server, say=said.append) as export,
        pytest.raises(EndpointUnavailable, match="HTTP/2"),
    ):
        export(REQUEST)
    assert not said


def test_nobody_there_is_no_collector_without_room() -> None:
    said: list[str] = []
    with (
        exporter("127.0.0.1:1", say=said.append) as export,
        pytest.raises(EndpointUnavailable, match="refused"),
    ):
        export(REQUEST)
    assert not said
