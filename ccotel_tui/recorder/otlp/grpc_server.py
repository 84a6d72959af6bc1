"""OTLP/gRPC."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from typing import Any

import grpc

from ccotel_tui.errors import MalformedTelemetry
from ccotel_tui.recorder import BACKFILLED, SIGNATURE
from ccotel_tui.recorder.otlp.export import LARGEST_BODY, Receiver
from ccotel_tui.recorder.refusals import RefusalReason, Refusals
from ccotel_tui.telemetry.decode import SERVICES, Signal, decode

Context = grpc.aio.ServicerContext
GrpcHandler = Callable[[bytes, "Context[bytes, bytes]"], Awaitable[bytes]]

_NOT_BACK = "a recorder has the port, and the stack has not"
"""What it kept must not come back to it."""

_NO_METHOD = "there is no {method}: send OTLP logs, metrics or traces"
_NOT_READ = (
    f"{{method}}: a request of more than {LARGEST_BODY} bytes, decompressed, or one that its "
    "sender broke off. Let the sender export smaller batches."
)

LARGEST_METADATA = 65_536
"""Bytes of a call's headers."""

_OPTIONS = [
    ("grpc.so_reuseport", 0),
    # A gateway's token is longer than the 8 kB that are usual.
    ("grpc.max_metadata_size", LARGEST_METADATA),
    ("grpc.absolute_max_metadata_size", LARGEST_METADATA),
    ("grpc.max_receive_message_length", LARGEST_BODY),  # compressed and decompressed
]


@asynccontextmanager
async def grpc_server(
    receiver: Receiver, grace: float, _leave: asyncio.Event
) -> AsyncIterator[int]:
    """A server on the port of 127.0.0.1 that is given.

    `grace`: seconds that requests which have begun may take to end when it stops. Clients that are
    to leave hear it from the relay.
    """
    unread = _Unread(receiver.refusals)
    server = grpc.aio.server(options=_OPTIONS, interceptors=[unread])
    for signal, service in SERVICES.items():
        handlers: dict[str, grpc.RpcMethodHandler[bytes, bytes]] = {
            "Export": grpc.unary_unary_rpc_method_handler(_export(signal, receiver, unread))
        }
        server.add_generic_rpc_handlers((grpc.method_handlers_generic_handler(service, handlers),))
    server.add_generic_rpc_handlers((_Elsewhere(receiver.refusals, unread),))
    port = server.add_insecure_port("127.0.0.1:0")
    await server.start()
    yield port
    await server.stop(grace)


class _Unread(grpc.aio.ServerInterceptor):
    """Counts the requests to our methods whose message gRPC does not hand on to us.

    It answers those that are too large itself; here is only seen that their call ends.
    """

    def __init__(self, refusals: Refusals) -> None:
        self._refusals = refusals
        self._calls: dict[asyncio.Task[Any], str] = {}

    async def intercept_service(
        self, continuation: Callable[[Any], Awaitable[Any]], details: Any
    ) -> Any:
        """Know of a call from its first headers on."""
        call = asyncio.current_task()
        if call is not None:
            self._calls[call] = details.method
            call.add_done_callback(self._ended)
        return await continuation(details)

    def read(self) -> None:
        """The message of the current call is here."""
        self._calls.pop(asyncio.current_task(), None)  # type: ignore[arg-type]

    def _ended(self, call: "asyncio.Task[Any]") -> None:
        if (method := self._calls.pop(call, None)) is not None:
            self._refusals.count("too_large", _NOT_READ.format(method=method))


class _Elsewhere(grpc.GenericRpcHandler):
    """Any method that is none of OTLP's: refused before its message is read."""

    def __init__(self, refusals: Refusals, unread: _Unread) -> None:
        self._refusals = refusals
        self._unread = unread

    def service(self, details: Any) -> Any:
        """A handler for whatever is called."""

        async def refuse(_: object, context: "Context[bytes, bytes]") -> None:
            self._unread.read()
            sentence = _NO_METHOD.format(method=details.method)
            self._refusals.count("path", sentence)
            await context.abort(grpc.StatusCode.UNIMPLEMENTED, sentence)

        return grpc.stream_stream_rpc_method_handler(refuse)


def _export(signal: Signal, receiver: Receiver, unread: _Unread) -> GrpcHandler:
    async def export(body: bytes, context: "Context[bytes, bytes]") -> bytes:
        unread.read()
        context.set_trailing_metadata((("x-server", SIGNATURE),))
        reason: RefusalReason
        if BACKFILLED in (context.invocation_metadata() or ()):
            code, reason, sentence = grpc.StatusCode.FAILED_PRECONDITION, "backfill", _NOT_BACK
        else:
            try:
                return await receiver.take(
                    len(body), lambda: (signal, decode(signal, body)), "protobuf"
                )
            except MalformedTelemetry as error:
                code, reason, sentence = grpc.StatusCode.INVALID_ARGUMENT, "malformed", str(error)
            except Exception as error:
                code, reason = grpc.StatusCode.UNAVAILABLE, "not_kept"
                sentence = f"not kept: {error}"
        receiver.refusals.count(reason, f"{SERVICES[signal]}: {sentence}")
        await context.abort(code, sentence)
        raise AssertionError("abort raises")

    return export
