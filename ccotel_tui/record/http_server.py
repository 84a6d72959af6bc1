"""OTLP/HTTP, in protobuf and JSON; not for browsers."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from typing import Any

from aiohttp import web
from opentelemetry.proto.collector.logs.v1.logs_service_pb2 import ExportLogsPartialSuccess

from ccotel_tui.errors import BodyTooLarge, MalformedTelemetry
from ccotel_tui.record import SIGNATURE
from ccotel_tui.record.ports import is_loopback
from ccotel_tui.record.receiver import LARGEST_BODY, SERVICES, Receiver, encode
from ccotel_tui.record.unpack import PACKINGS, unpacked
from ccotel_tui.telemetry.decode import Encoding, Signal

Handler = Callable[[web.Request], Awaitable[web.StreamResponse]]

_ENCODINGS: dict[str, Encoding] = {
    "application/x-protobuf": "protobuf",
    "application/json": "json",
}

_INVALID_ARGUMENT, _RESOURCE_EXHAUSTED, _UNAVAILABLE = 3, 8, 14
"""Codes of google.rpc.Status."""


@asynccontextmanager
async def http_server(
    receiver: Receiver, grace: float, allow_remote: bool, leave: asyncio.Event
) -> AsyncIterator[int]:
    """A server on the port of 127.0.0.1 that is given.

    `grace`: seconds that requests which have begun may take to end when it stops. After `leave`
    each answer ends its connection, so that no request meets one that is being closed.
    """
    begun: set[asyncio.Future[None]] = set()
    app = web.Application(
        client_max_size=LARGEST_BODY, middlewares=[_counted(begun, leave), _guard(allow_remote)]
    )
    app.on_response_prepare.append(_sign)
    for signal in SERVICES:
        app.router.add_post(f"/v1/{signal}", _export(signal, receiver))
    runner = web.AppRunner(app, access_log=None, shutdown_timeout=grace, auto_decompress=False)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    bound: Any = runner.addresses[0]
    yield int(bound[1])
    if begun:
        await asyncio.wait(begun, timeout=grace)
    await runner.cleanup()


def _counted(begun: "set[asyncio.Future[None]]", leave: asyncio.Event) -> Any:
    """Keeps track of the requests that have begun: aiohttp drops what is still to come of them."""

    @web.middleware
    async def counted(request: web.Request, handler: Handler) -> web.StreamResponse:
        done: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        begun.add(done)
        try:
            answer = await handler(request)
            if leave.is_set():
                answer.force_close()
            return answer
        finally:
            begun.remove(done)
            done.set_result(None)

    return counted


def _guard(allow_remote: bool) -> Any:
    @web.middleware
    async def guard(request: web.Request, handler: Handler) -> web.StreamResponse:
        host = request.headers.get("Host", "")
        if not (allow_remote or is_loopback(_without_port(host))):
            # A page whose name was pointed at 127.0.0.1 after it was loaded (DNS rebinding).
            raise web.HTTPForbidden(text=f"Host {host!r}: write 127.0.0.1")
        if _from_a_page(request):
            raise web.HTTPForbidden(text="a web page may not send telemetry here")
        return await handler(request)

    return guard


def _without_port(host: str) -> str:
    name, _, port = host.rpartition(":")
    return name if port.isdecimal() else host


def _from_a_page(request: web.Request) -> bool:
    site = request.headers.get("Sec-Fetch-Site", "none")
    return "Origin" in request.headers or site not in ("none", "same-origin")


async def _sign(_: web.Request, response: web.StreamResponse) -> None:
    response.headers["Server"] = SIGNATURE


def _export(signal: Signal, receiver: Receiver) -> Handler:
    async def export(request: web.Request) -> web.Response:
        encoding = _ENCODINGS.get(request.content_type)
        if encoding is None:
            expected = " or ".join(_ENCODINGS)
            return web.Response(status=415, text=f"{request.content_type}: send {expected}")
        packing = request.headers.get("Content-Encoding", "identity").lower()
        if packing not in PACKINGS:
            return web.Response(status=415, text=f"{packing}: send {' or '.join(PACKINGS)}")
        try:
            body = unpacked(await request.read(), packing)
            answer = await receiver.take(signal, body, encoding)
        except MalformedTelemetry as error:
            return _refusal(request, 400, _INVALID_ARGUMENT, str(error))
        except (BodyTooLarge, web.HTTPRequestEntityTooLarge):
            reason = f"more than {LARGEST_BODY} bytes, unpacked"
            return _refusal(request, 413, _RESOURCE_EXHAUSTED, reason)
        except Exception as error:
            return _refusal(request, 503, _UNAVAILABLE, f"not kept: {error}")
        return web.Response(body=answer, content_type=request.content_type)

    return export


def _refusal(request: web.Request, status: int, code: int, reason: str) -> web.Response:
    encoding = _ENCODINGS[request.content_type]
    if encoding == "json":
        return web.json_response({"code": code, "message": reason}, status=status)
    # google.rpc.Status is not among OTLP's own messages; this one has the same fields on the wire.
    body = encode(
        ExportLogsPartialSuccess(rejected_log_records=code, error_message=reason), encoding
    )
    return web.Response(status=status, body=body, content_type=request.content_type)
