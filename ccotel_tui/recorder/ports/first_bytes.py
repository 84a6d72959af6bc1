"""Protocol detection: the first bytes of a connection, or its end where none come in time."""

import asyncio
from typing import Literal

from ccotel_tui.network.host_and_port import host_and_port
from ccotel_tui.recorder.refusals import Refusals
from ccotel_tui.recorder.state import OtlpProtocol

FIRST_BYTES_TIMEOUT = 5.0
"""Seconds."""

MOST_SILENT = 64
"""Connections to a port that may wait for their first bytes; one more, and the oldest is closed."""

_TURNS = 3
"""Of the event loop, until what a connection came with is read: it does not count as silent."""

_CHUNK = 256 * 1024

_METHODS = ("GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS", "TRACE", "CONNECT")
_BEGINNINGS: dict[bytes, OtlpProtocol | Literal["tls"]] = {
    b"PRI * HTTP/2.0": "grpc",
    b"\x16\x03": "tls",
    **{f"{method} ".encode(): "http" for method in _METHODS},
}

_TLS = (
    "TLS at {address}: the recorder speaks plain text. "
    "Write http:// instead of https:// in OTEL_EXPORTER_OTLP_ENDPOINT."
)
_UNKNOWN = (
    "What came to {address} is neither OTLP/gRPC nor OTLP/HTTP. Set "
    "OTEL_EXPORTER_OTLP_PROTOCOL to grpc, http/protobuf or http/json, or send it elsewhere."
)
_SILENT = (
    "A connection to {address} was closed: its first bytes did not come within {within:g} s, or "
    "while {most} newer ones waited. A client must send its request as soon as it is connected."
)


def protocol_of(data: bytes) -> OtlpProtocol | Literal["tls", "unknown"] | None:
    """Return the protocol of a connection that begins so; None while that is not clear."""
    for beginning, protocol in _BEGINNINGS.items():
        if data.startswith(beginning):
            return protocol
    if any(beginning.startswith(data) for beginning in _BEGINNINGS):
        return None
    return "unknown"


class FirstBytes:
    """Reads the first bytes of connections, and refuses those that no server here understands."""

    def __init__(self, refusals: Refusals, within: float) -> None:
        self._refusals = refusals
        self._within = within
        self._silent: dict[asyncio.Timeout, None] = {}

    async def read(
        self, client: asyncio.StreamReader, to_client: asyncio.StreamWriter
    ) -> tuple[OtlpProtocol, bytes] | None:
        """Return the protocol and what was read; None where it is refused or has ended."""
        address = host_and_port(*to_client.get_extra_info("sockname")[:2])
        for _ in range(_TURNS):
            await asyncio.sleep(0)
        if len(self._silent) >= MOST_SILENT:
            self._give_up(next(iter(self._silent)))
        data = b""
        deadline = asyncio.timeout(self._within)
        try:
            async with deadline:
                self._silent[deadline] = None
                while (protocol := protocol_of(data)) is None:
                    if not (more := await client.read(_CHUNK)):
                        break
                    data += more
        except TimeoutError:
            sentence = _SILENT.format(address=address, within=self._within, most=MOST_SILENT)
            self._refusals.count("timeout", sentence)
            return None
        except OSError:
            return None
        finally:
            self._silent.pop(deadline, None)
        if protocol == "grpc" or protocol == "http":
            return protocol, data
        if data:  # a probe of whether the port is open sends none
            self._refuse(to_client, protocol == "tls", address)
        return None

    def end(self) -> None:
        """Wait no longer for any."""
        for deadline in list(self._silent):
            self._give_up(deadline)

    def _give_up(self, deadline: asyncio.Timeout) -> None:
        del self._silent[deadline]
        if not deadline.expired():
            deadline.reschedule(asyncio.get_running_loop().time())

    def _refuse(self, to_client: asyncio.StreamWriter, tls: bool, address: str) -> None:
        sentence = (_TLS if tls else _UNKNOWN).format(address=address)
        self._refusals.count("tls" if tls else "protocol", sentence)
        # Clients of TLS, too, tell an answer in HTTP from other garbage.
        body = f"{sentence}\n".encode()
        to_client.write(
            b"HTTP/1.1 400 Bad Request\r\nContent-Type: text/plain; charset=utf-8\r\n"
            b"Connection: close\r\nContent-Length: %d\r\n\r\n%b" % (len(body), body)
        )
