"""The owner of a port that a recorder wants: a recorder, a collector, or another program.

Only a server of this user or of root is asked.
"""

import asyncio

import grpc

from ccotel_tui.network.address import address
from ccotel_tui.network.grpc_channel import options
from ccotel_tui.network.listener import process_of
from ccotel_tui.network.ownership import foreign_listener
from ccotel_tui.recorder import SIGNATURE
from ccotel_tui.recorder.ports.address import ReceiverAddress
from ccotel_tui.recorder.state import OwnerKind, PortOwner
from ccotel_tui.telemetry.decode import SERVICES

_TIMEOUT = 1.0
"""Seconds."""


async def owner_of(taken: ReceiverAddress) -> PortOwner:
    """Return who has the port, by the process and its user, and by what it answers."""
    process = await asyncio.to_thread(process_of, taken.port)
    foreign = await asyncio.to_thread(foreign_listener, taken.host, taken.port)
    # Where nobody listens, nobody is asked: another user's program may come meanwhile.
    kind = await _kind(str(taken)) if foreign == "" else "unknown"
    name, pid = process or ("", None)
    return PortOwner(kind, name, pid, foreign or "")


async def _kind(target: str) -> OwnerKind:
    """Tell the kind by the answers to an empty export: a receiver takes it."""
    by_grpc, by_http = await asyncio.gather(_ask_grpc(target), asyncio.to_thread(_ask_http, target))
    if SIGNATURE in (by_grpc, by_http):
        return "recorder"
    return "unknown" if by_grpc is by_http is None else "collector"


async def _ask_grpc(target: str) -> str | None:
    async with grpc.aio.insecure_channel(target, options(target)) as channel:
        export: grpc.aio.UnaryUnaryMultiCallable[bytes, bytes] = channel.unary_unary(
            f"/{SERVICES['logs']}/Export"
        )
        call = export(b"", timeout=_TIMEOUT)
        try:
            await call
        except grpc.RpcError:
            return None
        return str(dict(await call.trailing_metadata()).get("x-server", ""))


def _ask_http(target: str) -> str | None:
    # A recorder that has its ports never needs the client.
    from ccotel_tui.network.http import HttpFailure, probe

    kind = "application/x-protobuf"
    headers = (("Content-Type", kind),)
    try:
        answer = probe("POST", address(f"http://{target}"), "/v1/logs", _TIMEOUT, headers, b"")
    except (HttpFailure, ValueError):
        return None
    speaks = answer.status == 200 and answer.headers.get("content-type", "").split(";")[0] == kind
    return answer.headers.get("server", "") if speaks else None
