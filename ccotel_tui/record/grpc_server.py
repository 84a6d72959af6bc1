"""OTLP/gRPC."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager

import grpc

from ccotel_tui.errors import MalformedTelemetry
from ccotel_tui.record import BACKFILLED, SIGNATURE
from ccotel_tui.record.receiver import LARGEST_BODY, SERVICES, Receiver
from ccotel_tui.telemetry.decode import Signal

Handler = Callable[[bytes, "grpc.aio.ServicerContext[bytes, bytes]"], Awaitable[bytes]]

_NOT_BACK = "a recorder has the port, and the stack has not"
"""What it kept must not come back to it."""

_OPTIONS = [
    ("grpc.so_reuseport", 0),
    ("grpc.max_receive_message_length", LARGEST_BODY),  # packed and unpacked
]


@asynccontextmanager
async def grpc_server(
    receiver: Receiver, grace: float, _leave: asyncio.Event
) -> AsyncIterator[int]:
    """A server on the port of 127.0.0.1 that is given.

    `grace`: seconds that requests which have begun may take to end when it stops. Clients that are
    to leave hear it from the relay.
    """
    server = grpc.aio.server(options=_OPTIONS)
    for signal, service in SERVICES.items():
        handlers: dict[str, grpc.RpcMethodHandler[bytes, bytes]] = {
            "Export": grpc.unary_unary_rpc_method_handler(_export(signal, receiver))
        }
        server.add_generic_rpc_handlers((grpc.method_handlers_generic_handler(service, handlers),))
    port = server.add_insecure_port("127.0.0.1:0")
    await server.start()
    yield port
    await server.stop(grace)


def _export(signal: Signal, receiver: Receiver) -> Handler:
    async def export(body: bytes, context: "grpc.aio.ServicerContext[bytes, bytes]") -> bytes:
        context.set_trailing_metadata((("x-server", SIGNATURE),))
        if BACKFILLED in (context.invocation_metadata() or ()):
            await context.abort(grpc.StatusCode.FAILED_PRECONDITION, _NOT_BACK)
        try:
            return await receiver.take(signal, body, "protobuf")
        except MalformedTelemetry as error:
            code, reason = grpc.StatusCode.INVALID_ARGUMENT, str(error)
        except Exception as error:
            code, reason = grpc.StatusCode.UNAVAILABLE, f"not kept: {error}"
        await context.abort(code, reason)
        raise AssertionError("abort raises")

    return export
