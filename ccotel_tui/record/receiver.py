"""OTLP servers, gRPC and HTTP, that acknowledge after the store has committed."""

from collections.abc import Awaitable, Callable
from typing import Any

import grpc
from aiohttp import web

from ccotel_tui.errors import MalformedTelemetry, PortTaken
from ccotel_tui.record.writer import Writer
from ccotel_tui.telemetry.decode import Encoding, Signal, decode

LARGEST_BODY = 64 * 1024 * 1024
"""Bytes of a request, unpacked: raw API bodies are 60 kB each, a batch holds hundreds."""

_SERVICES: dict[Signal, str] = {
    "logs": "opentelemetry.proto.collector.logs.v1.LogsService",
    "metrics": "opentelemetry.proto.collector.metrics.v1.MetricsService",
}
_ENCODINGS: dict[str, Encoding] = {
    "application/x-protobuf": "protobuf",
    "application/json": "json",
}
_ACCEPTED: dict[Encoding, bytes] = {"protobuf": b"", "json": b"{}"}
"""An empty Export...ServiceResponse: everything was accepted."""

Handler = Callable[[bytes, "grpc.aio.ServicerContext[bytes, bytes]"], Awaitable[bytes]]


async def serve_grpc(address: str, writer: Writer) -> tuple["grpc.aio.Server", str]:
    """Start the gRPC server; the address that it got is given back.

    Raises PortTaken.
    """
    server = grpc.aio.server(
        options=[("grpc.so_reuseport", 0), ("grpc.max_receive_message_length", LARGEST_BODY)]
    )
    for signal, service in _SERVICES.items():
        handlers: dict[str, grpc.RpcMethodHandler[bytes, bytes]] = {
            "Export": grpc.unary_unary_rpc_method_handler(_grpc_export(signal, writer))
        }
        server.add_generic_rpc_handlers((grpc.method_handlers_generic_handler(service, handlers),))
    try:
        port = server.add_insecure_port(address)
    except RuntimeError as error:
        raise _taken(address) from error
    await server.start()
    return server, f"{_host(address)}:{port}"


def _grpc_export(signal: Signal, writer: Writer) -> Handler:
    async def export(body: bytes, context: "grpc.aio.ServicerContext[bytes, bytes]") -> bytes:
        try:
            await writer.keep(decode(signal, body))
        except MalformedTelemetry as error:
            await context.abort(grpc.StatusCode.INVALID_ARGUMENT, str(error))
        except Exception as error:
            await context.abort(grpc.StatusCode.UNAVAILABLE, f"not kept: {error}")
        return _ACCEPTED["protobuf"]

    return export


async def serve_http(address: str, writer: Writer) -> tuple[web.AppRunner, str]:
    """Start the HTTP server; the address that it got is given back.

    Raises PortTaken.
    """
    app = web.Application(client_max_size=LARGEST_BODY)
    for signal in _SERVICES:
        app.router.add_post(f"/v1/{signal}", _http_export(signal, writer))
    runner = web.AppRunner(app, access_log=None)
    await runner.setup()
    host, port = _host(address), int(address.rpartition(":")[2])
    try:
        await web.TCPSite(runner, host, port).start()
    except OSError as error:
        await runner.cleanup()
        raise _taken(address) from error
    bound: Any = runner.addresses[0]
    return runner, f"{host}:{bound[1]}"


def _http_export(
    signal: Signal, writer: Writer
) -> Callable[[web.Request], Awaitable[web.Response]]:
    async def export(request: web.Request) -> web.Response:
        encoding = _ENCODINGS.get(request.content_type)
        if encoding is None:
            expected = " or ".join(_ENCODINGS)
            return web.Response(status=415, text=f"{request.content_type}: send {expected}")
        try:
            await writer.keep(decode(signal, await request.read(), encoding))
        except MalformedTelemetry as error:
            return web.Response(status=400, text=str(error))
        except web.HTTPException:
            raise
        except Exception as error:
            return web.Response(status=503, text=f"not kept: {error}")
        return web.Response(body=_ACCEPTED[encoding], content_type=request.content_type)

    return export


def _host(address: str) -> str:
    return address.rpartition(":")[0]


def _taken(address: str) -> PortTaken:
    return PortTaken(f"{address} is taken by another program.")
