"""OTLP/HTTP, in protobuf and JSON; not for browsers."""

import asyncio
import logging
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from functools import partial
from typing import Any

from aiohttp import http_exceptions, web
from opentelemetry.proto.collector.logs.v1.logs_service_pb2 import ExportLogsPartialSuccess

from ccotel_tui.errors import BodyTooLarge, MalformedTelemetry
from ccotel_tui.network.loopback import is_loopback
from ccotel_tui.recorder import SIGNATURE
from ccotel_tui.recorder.otlp.compression import CONTENT_ENCODINGS, decompress
from ccotel_tui.recorder.otlp.export import LARGEST_BODY, Receiver, encode
from ccotel_tui.recorder.otlp.large_bodies import run_beside
from ccotel_tui.recorder.otlp.signals import PATHS, is_served, signal_of
from ccotel_tui.recorder.refusals import RefusalReason, Refusals
from ccotel_tui.telemetry.decode import Decoded, Encoding, Signal, decode

HttpHandler = Callable[[web.Request], Awaitable[web.StreamResponse]]

_ENCODINGS: dict[str, Encoding] = {
    "application/x-protobuf": "protobuf",
    "application/json": "json",
}

_CODES = {400: 3, 403: 7, 404: 5, 405: 12, 408: 4, 413: 8, 415: 3, 503: 14}
"""The code of google.rpc.Status for each HTTP status."""

BODY_WITHIN = 60.0
"""Seconds from a request's head to the end of its body."""

_MALFORMED = "Check that OTEL_EXPORTER_OTLP_PROTOCOL is grpc, http/protobuf or http/json."
_TOO_LARGE = f"more than {LARGEST_BODY} bytes, decompressed: let the sender export smaller batches."


class _Refused(Exception):
    """Why a request is not taken."""

    def __init__(self, status: int, reason: RefusalReason, sentence: str) -> None:
        super().__init__(sentence)
        self.status = status
        self.reason: RefusalReason = reason


@asynccontextmanager
async def http_server(
    receiver: Receiver, grace: float, allow_remote: bool, leave: asyncio.Event
) -> AsyncIterator[int]:
    """A server on the port of 127.0.0.1 that is given.

    `grace`: seconds that requests which have begun may take to end when it stops. After `leave`
    each answer ends its connection, so that no request meets one that is being closed.
    """
    begun: set[asyncio.Future[None]] = set()
    app = web.Application(client_max_size=LARGEST_BODY, middlewares=[_counted(begun, leave)])
    app.on_response_prepare.append(_sign)
    app.router.add_route("*", "/{path:.*}", _export(receiver, allow_remote), expect_handler=_go_on)
    runner = web.AppRunner(
        app,
        access_log=None,
        logger=_logger(receiver.refusals),
        shutdown_timeout=grace,
        auto_decompress=False,
    )
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
    async def counted(request: web.Request, handler: HttpHandler) -> web.StreamResponse:
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


async def _go_on(request: web.Request) -> None:
    """Ask for the body of a sender that waits for that; what else it expects is let be."""
    if request.headers.get("Expect", "").lower() == "100-continue":
        await request.writer.write(b"HTTP/1.1 100 Continue\r\n\r\n")
        request.writer.output_size = 0


async def _sign(_: web.Request, response: web.StreamResponse) -> None:
    response.headers["Server"] = SIGNATURE


def _logger(refusals: Refusals) -> logging.Logger:
    """Counts what aiohttp refuses by itself; anything else it has to say goes the usual way."""

    def passes(record: logging.LogRecord) -> bool:
        error = record.exc_info[1] if record.exc_info else None
        if not isinstance(error, http_exceptions.HttpProcessingError):
            return record.levelno >= logging.WARNING and not isinstance(error, ConnectionError)
        refusals.count("malformed", f"A request that is not HTTP: {error.message}. {_MALFORMED}")
        return False

    logger = logging.Logger("http", logging.DEBUG)
    logger.parent = logging.getLogger()
    logger.addFilter(passes)
    return logger


def _export(receiver: Receiver, allow_remote: bool) -> HttpHandler:
    async def export(request: web.Request) -> web.Response:
        try:
            _check_sender(request, allow_remote)
            _check_head(request)
            answer = await _take(request, receiver)
        except _Refused as refused:
            receiver.refusals.count(refused.reason, f"{_called(request)}: {refused}")
            return _refusal(request, refused.status, str(refused))
        return web.Response(body=answer, content_type=request.content_type)

    return export


def _called(request: web.Request) -> str:
    return f"{request.method} {request.path[:80]}"


def _check_sender(request: web.Request, allow_remote: bool) -> None:
    host = request.headers.get("Host", "")
    if not (allow_remote or is_loopback(_without_port(host))):
        # A page whose name was pointed at 127.0.0.1 after it was loaded (DNS rebinding).
        raise _Refused(403, "host", f"Host {host!r}: write 127.0.0.1")
    if _from_a_page(request):
        raise _Refused(403, "web_page", "a web page may not send telemetry here: use a program")


def _without_port(host: str) -> str:
    name, _, port = host.rpartition(":")
    return name if port.isdecimal() else host


def _from_a_page(request: web.Request) -> bool:
    site = request.headers.get("Sec-Fetch-Site", "none")
    return "Origin" in request.headers or site not in ("none", "same-origin")


def _check_head(request: web.Request) -> None:
    if request.method != "POST":
        raise _Refused(405, "method", f"telemetry is taken by POST only, to {PATHS}")
    if not is_served(request.path):
        raise _Refused(404, "path", f"there is no such path: send to {PATHS}")
    if request.content_type not in _ENCODINGS:
        expected = " or ".join(_ENCODINGS)
        raise _Refused(415, "content_type", f"{request.content_type}: send {expected}")
    if (encoding := _content_encoding(request)) not in CONTENT_ENCODINGS:
        raise _Refused(415, "encoding", f"{encoding}: send {' or '.join(CONTENT_ENCODINGS)}")


def _content_encoding(request: web.Request) -> str:
    return request.headers.get("Content-Encoding", "identity").lower()


async def _take(request: web.Request, receiver: Receiver) -> bytes:
    encoding = _ENCODINGS[request.content_type]
    try:
        compressed = await _body(request)
        body = await run_beside(
            len(compressed), partial(decompress, compressed, _content_encoding(request))
        )
        read = partial(_read, request.path, body, encoding)
        return await receiver.take(len(body), read, encoding)
    except _Refused:
        raise
    except (MalformedTelemetry, http_exceptions.HttpProcessingError) as error:
        raise _Refused(400, "malformed", f"{error}. {_MALFORMED}") from error
    except (BodyTooLarge, web.HTTPRequestEntityTooLarge) as error:
        raise _Refused(413, "too_large", _TOO_LARGE) from error
    except ConnectionError as error:
        raise _Refused(
            400, "broken_off", "the sender broke the request off: is it alive?"
        ) from error
    except Exception as error:  # whatever it is, the sender must hear of it
        raise _Refused(503, "not_kept", f"not kept: {error}") from error


async def _body(request: web.Request) -> bytes:
    try:
        async with asyncio.timeout(BODY_WITHIN):
            return await request.read()
    except TimeoutError as error:
        late = f"its body did not come within {BODY_WITHIN:g} s: is the sender alive?"
        raise _Refused(408, "timeout", late) from error


def _read(path: str, body: bytes, encoding: Encoding) -> tuple[Signal, Decoded]:
    signal = signal_of(path, body, encoding)
    if signal is None:
        unclear = f"neither path nor content tells which signal this is: send to {PATHS}"
        raise _Refused(404, "path", unclear)
    return signal, decode(signal, body, encoding)


def _refusal(request: web.Request, status: int, sentence: str) -> web.Response:
    allow = {"Allow": "POST"} if status == web.HTTPMethodNotAllowed.status_code else {}
    encoding = _ENCODINGS.get(request.content_type)
    if encoding is None:
        return web.Response(status=status, headers=allow, text=sentence)
    if encoding == "json":
        status_message = {"code": _CODES[status], "message": sentence}
        return web.json_response(status_message, status=status, headers=allow)
    # google.rpc.Status is not among OTLP's own messages; this one has the same fields on the wire.
    body = encode(
        ExportLogsPartialSuccess(rejected_log_records=_CODES[status], error_message=sentence),
        encoding,
    )
    kind = request.content_type
    return web.Response(status=status, headers=allow, body=body, content_type=kind)
