"""Who has a port that we want: a recorder, an OpenTelemetry collector, or a stranger.

Only a server of this user or of root is asked.
"""

import asyncio
from dataclasses import dataclass
from typing import Literal

import aiohttp
import grpc

from ccotel_tui.network.grpc_channel import options
from ccotel_tui.network.listener import process_of
from ccotel_tui.network.ownership import foreign_listener
from ccotel_tui.recorder import SIGNATURE
from ccotel_tui.recorder.ports.address import Address
from ccotel_tui.telemetry.decode import SERVICES

OwnerKind = Literal["recorder", "collector", "stranger"]

_WITHIN = 1.0
_SENTENCES: dict[OwnerKind, str] = {
    "recorder": "is taken by the ccotel-tui recorder of another database{process}.",
    "collector": "is taken by an OpenTelemetry receiver{process}: what is sent there goes to it.",
    "stranger": "is taken by another program{process}{rest}.",
}


@dataclass(frozen=True)
class PortOwner:
    """Who has the port at the address; `process` is empty where it cannot be told.

    `foreign` says why it is not a server of ours, and is empty for one that is.
    """

    address: Address
    kind: OwnerKind
    process: str
    foreign: str = ""

    def __str__(self) -> str:
        process = f" ({self.process})" if self.process else ""
        rest = f": it {self.foreign}, and nothing is sent there" if self.foreign else ""
        return f"{self.address} {_SENTENCES[self.kind].format(process=process, rest=rest)}"


async def occupant(address: Address) -> PortOwner:
    """Who has the port, by the process and its user, and by what it answers."""
    process = await asyncio.to_thread(process_of, address.port)
    foreign = await asyncio.to_thread(foreign_listener, address.host, address.port)
    # Where nobody listens, nobody is asked: another user's program may come meanwhile.
    kind = await _kind(str(address)) if foreign == "" else "stranger"
    return PortOwner(address, kind, process, foreign or "")


async def _kind(address: str) -> OwnerKind:
    """Whoever answers an empty export as it should speaks OTLP."""
    by_grpc, by_http = await asyncio.gather(_ask_grpc(address), _ask_http(address))
    if SIGNATURE in (by_grpc, by_http):
        return "recorder"
    return "stranger" if by_grpc is by_http is None else "collector"


async def _ask_grpc(address: str) -> str | None:
    async with grpc.aio.insecure_channel(address, options(address)) as channel:
        export: grpc.aio.UnaryUnaryMultiCallable[bytes, bytes] = channel.unary_unary(
            f"/{SERVICES['logs']}/Export"
        )
        call = export(b"", timeout=_WITHIN)
        try:
            await call
        except grpc.RpcError:
            return None
        return str(dict(await call.trailing_metadata()).get("x-server", ""))


async def _ask_http(address: str) -> str | None:
    kind = "application/x-protobuf"
    timeout = aiohttp.ClientTimeout(_WITHIN)
    try:
        async with (
            aiohttp.ClientSession(timeout=timeout) as session,
            session.post(
                f"http://{address}/v1/logs", data=b"", headers={"Content-Type": kind}
            ) as answer,
        ):
            speaks = answer.status == 200 and answer.content_type == kind
            return answer.headers.get("Server", "") if speaks else None
    except (aiohttp.ClientError, TimeoutError, ValueError):
        return None
