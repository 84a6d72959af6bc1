"""Who has a port that we want: a recorder of ours, an OpenTelemetry collector, or a stranger."""

import asyncio
import os
import subprocess
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

import aiohttp
import grpc

from ccotel_tui.record import SIGNATURE
from ccotel_tui.record.ports import Address
from ccotel_tui.record.receiver import SERVICES

Kind = Literal["recorder", "collector", "stranger"]

_WITHIN = 1.0
_LISTEN = "0A"
_SENTENCES: dict[Kind, str] = {
    "recorder": "is taken by the ccotel-tui recorder of another database{process}.",
    "collector": "is taken by an OpenTelemetry receiver{process}: what is sent there goes to it.",
    "stranger": "is taken by another program{process}.",
}


@dataclass(frozen=True)
class Occupant:
    """Who has the port at the address; `process` is empty where it cannot be told."""

    address: Address
    kind: Kind
    process: str

    def __str__(self) -> str:
        process = f" ({self.process})" if self.process else ""
        return f"{self.address} {_SENTENCES[self.kind].format(process=process)}"


async def occupant(address: Address) -> Occupant:
    """Who has the port, by the process and by what it answers."""
    process = await asyncio.to_thread(process_of, address.port)
    return Occupant(address, await _kind(str(address)), process)


async def _kind(address: str) -> Kind:
    """Whoever answers an empty export as it should speaks OTLP."""
    by_grpc, by_http = await asyncio.gather(_ask_grpc(address), _ask_http(address))
    if SIGNATURE in (by_grpc, by_http):
        return "recorder"
    return "stranger" if by_grpc is by_http is None else "collector"


async def _ask_grpc(address: str) -> str | None:
    async with grpc.aio.insecure_channel(address) as channel:
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


def process_of(port: int) -> str:
    """Name and id of the process that listens on the port; empty where it cannot be told."""
    if Path("/proc/net/tcp").exists():
        return _from_proc(port)
    try:
        listed = subprocess.run(
            ["lsof", "-nP", f"-iTCP:{port}", "-sTCP:LISTEN", "-Fpc"],
            capture_output=True,
            text=True,
        ).stdout
    except FileNotFoundError:
        return ""
    fields = {line[0]: line[1:] for line in listed.splitlines()}
    return f"{fields['c']}, process {fields['p']}" if "p" in fields else ""


def _from_proc(port: int) -> str:
    sockets = {
        f"socket:[{fields[9]}]"
        for table in ("tcp", "tcp6")
        for fields in map(str.split, Path(f"/proc/net/{table}").read_text().splitlines()[1:])
        if fields[1].endswith(f":{port:04X}") and fields[3] == _LISTEN
    }
    for file in Path("/proc").glob("[0-9]*/fd/*"):
        try:
            if os.readlink(file) in sockets:
                name = Path("/proc", file.parts[2], "comm").read_text().strip()
                return f"{name}, process {file.parts[2]}"
        except OSError:  # it has ended, or is somebody else's
            continue
    return ""
