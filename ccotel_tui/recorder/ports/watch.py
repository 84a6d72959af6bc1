"""Notice when the gRPC server that has a wanted port shuts down."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import grpc

from ccotel_tui.network.grpc_channel import options
from ccotel_tui.network.ownership import foreign_listener
from ccotel_tui.recorder.ports.address import ReceiverAddress

_RECONNECT = ("grpc.max_reconnect_backoff_ms", 10_000)
_POLL_INTERVAL = 0.5
"""Seconds between two looks whether a server of ours has the port."""

_READY = grpc.ChannelConnectivity.READY


@asynccontextmanager
async def watch_port(address: ReceiverAddress, ended: asyncio.Event) -> AsyncIterator[None]:
    """In the block, set `ended` whenever a gRPC server of ours at the address ends.

    A connection to it is kept for that, and nothing is sent there.
    """
    target = str(address)
    async with grpc.aio.insecure_channel(target, [_RECONNECT, *options(target)]) as channel:
        watching = asyncio.create_task(_watch(channel, address, ended))
        try:
            yield
        finally:
            watching.cancel()


async def _watch(channel: grpc.aio.Channel, address: ReceiverAddress, ended: asyncio.Event) -> None:
    while True:
        while await asyncio.to_thread(foreign_listener, address.host, address.port) != "":
            await asyncio.sleep(_POLL_INTERVAL)
        state = channel.get_state(try_to_connect=True)
        await channel.wait_for_state_change(state)
        if state is _READY:
            ended.set()
