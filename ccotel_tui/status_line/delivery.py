"""To whom a status line is handed on, and how: one write to a socket, and no answer awaited.

It goes to our recorder, or to our own stack's collector while that has the ports.
"""

import os
import time
from _socket import SOCK_STREAM, getaddrinfo, socket  # without `selectors`: a third of the time
from collections.abc import Iterator, Mapping
from contextlib import ExitStack, closing, contextmanager, suppress
from typing import Any, NamedTuple

from ccotel_tui.network.host_and_port import host_and_port
from ccotel_tui.status_line.memory import HandedOn
from ccotel_tui.status_line.otlp import export_request
from ccotel_tui.telemetry.status_line import SESSION_ID, Scalar


class StatusReceiver(NamedTuple):
    """Who takes OTLP at a host's port.

    A recorder that holds its store's lock and has bound the port is `proven` ours; of any other
    the sockets tell whose it is, for some milliseconds where there are thousands.
    """

    host: str
    port: int
    proven: bool = False


_CONNECT_WITHIN = 0.05
"""Seconds. A listener of this machine takes a connection at once."""


@contextmanager
def handing_on(
    fields: Mapping[str, Scalar],
    receiver: StatusReceiver | None,
    folder: str | os.PathLike[str],
) -> Iterator[bool]:
    """Hand the fields on where they are due, and yield whether they were.

    `folder` has what was handed on last of each session. Nothing goes wrong but that they are not
    handed on. The connection lasts as long as the block: a receiver may drop what comes from one
    that has gone.
    """
    now_ns = time.time_ns()
    with ExitStack() as connections:
        session_id, delivered = fields.get(SESSION_ID), False
        if receiver is not None and isinstance(session_id, str):
            last = HandedOn(folder, session_id)
            with suppress(OSError):
                if last.is_due(fields, now_ns / 1e9):
                    connection = connections.enter_context(closing(_connected(receiver)))
                    delivered = _send(fields, connection, receiver, now_ns)
            if delivered:
                last.write(fields, now_ns / 1e9)
        yield delivered


def receiver_of(recorder: Mapping[str, Any] | None, reads_own_stack: bool) -> StatusReceiver | None:
    """Return who takes it: the recorder, or the collector that has its ports; None for nobody.

    `recorder` is its `lock_file.read_document`. Where none runs, it is the collector of the stack
    that is read, if that is our own.
    """
    if recorder is None and reads_own_stack:
        from ccotel_tui.local.stack_ports import published

        return StatusReceiver("127.0.0.1", published("OTLP_HTTP"))
    if recorder is None or recorder.get("silent"):
        return None
    with suppress(LookupError, TypeError):
        # Both ports of a recorder take HTTP.
        ports = sorted(recorder["ports"], key=lambda port: port["protocol"] != "http")
        handed_over = recorder["handed_over"]
        taking = [port for port in ports if port["bound"]] or [
            port
            for port in ports
            if port["protocol"] == "http" and (handed_over or _is_collector(port["owner"]))
        ]
        if taking:
            return StatusReceiver(taking[0]["host"], taking[0]["port"], taking[0]["bound"])
    return None


def _is_collector(owner: Mapping[str, Any] | None) -> bool:
    """Return whether our own stack's collector has a port."""
    return owner is not None and owner["kind"] == "collector" and not owner["foreign"]


def _connected(receiver: StatusReceiver) -> socket:
    """Return a connection to it. Raises OSError."""
    # As bytes: a text would load the encoding of international names.
    host = receiver.host.encode()
    family, _, _, _, address = getaddrinfo(host, receiver.port, 0, SOCK_STREAM)[0]
    connection = socket(family, SOCK_STREAM)
    connection.settimeout(_CONNECT_WITHIN)
    try:
        connection.connect(address)
    except BaseException:
        connection.close()
        raise
    return connection


def _send(
    fields: Mapping[str, Scalar], connection: socket, receiver: StatusReceiver, now_ns: int
) -> bool:
    """Write the request, which the socket's buffer has room for, where the receiver is ours."""
    if not receiver.proven:
        from ccotel_tui.network.ownership import foreign_owner

        if foreign_owner(connection, wait=False):
            return False
    host = host_and_port(receiver.host, receiver.port)
    connection.sendall(export_request(fields, now_ns, host))
    return True
