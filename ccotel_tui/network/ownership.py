"""Whose a server is that we are connected to: a stack is ours if its user is this one or root.

The user is that of the socket that accepted the connection. On Linux the kernel's tables of
sockets tell it, elsewhere lsof, which sees the sockets of this user only.
"""

import os
import pwd
import socket
import subprocess
import sys
import time
from collections.abc import Iterable
from ipaddress import ip_address
from typing import NamedTuple

from ccotel_tui.errors import EndpointUnavailable, NotOurs
from ccotel_tui.network.host_and_port import host_and_port
from ccotel_tui.network.listener import TABLES
from ccotel_tui.network.loopback import is_loopback
from ccotel_tui.sentences import Sentence

_CONNECT_WITHIN = 0.5
_ACCEPTED_WITHIN, _PAUSE = 0.2, 0.001
"""Seconds. A server that is asked for nothing else accepts within a millisecond."""

_LISTEN, _PENDING = "0A", ("01", "03")
_NOBODY = "00000000:0000", f"{'0' * 32}:0000"
"""The other end of a socket that listens."""

_NO_INODE = "0"
"""Of a socket that no process has: not accepted yet, or closed. Its user is not told, or root."""

_NOT_KNOWN = Sentence("not_known_yours", "is not known to be yours")

SocketPlace = tuple[str, int]
"""A host's address and a port."""


class Owner(NamedTuple):
    """The user whose socket it is; None where that cannot be told.

    `pending` while the server has not accepted the connection: it is the user who listens.
    """

    uid: int | None
    pending: bool = False


def foreign_owner(connection: socket.SocketType, wait: bool = True) -> str:
    """Why the server at the other end is not ours, after its name: "belongs to user nobody".

    Empty where it is ours. One that has not accepted the connection is waited for a moment, or
    without `wait` told by the user who listens.
    """
    try:
        server, client = connection.getpeername()[:2], connection.getsockname()[:2]
    except OSError:  # the server has ended it
        return _NOT_KNOWN
    until = time.monotonic() + (_ACCEPTED_WITHIN if wait else 0)
    while (owner := _owner(server, client)).pending and time.monotonic() < until:
        time.sleep(_PAUSE)
    if owner.uid in (0, os.geteuid()):
        return ""
    return (
        _NOT_KNOWN
        if owner.uid is None
        else Sentence("belongs_to", "belongs to {user}", user=user_named(owner.uid))
    )


def foreign_listener(host: str, port: int) -> str | None:
    """Why the server that listens there is not ours, as `foreign_owner` says it: empty for ours.

    None where nobody listens. Nothing is sent.
    """
    try:
        with socket.create_connection((host, port), _CONNECT_WITHIN) as connection:
            return foreign_owner(connection)
    except ConnectionRefusedError:
        return None
    except OSError:  # one that is slow to take a connection may take the next
        return _NOT_KNOWN


def require_ours(host: str, port: int) -> None:
    """Raise EndpointUnavailable where nobody listens, NotOurs where it is not a server of ours."""
    foreign = foreign_listener(host, port)
    if foreign is None:
        raise EndpointUnavailable(
            f"Nobody listens at {host_and_port(host, port)}: "
            "start the stack or a recorder, then try again."
        )
    if foreign:
        raise NotOurs(f"{host_and_port(host, port)} {foreign}.")


def owner_in_tables(tables: Iterable[str], server: SocketPlace, client: SocketPlace) -> Owner:
    """The owner by the tables of IPv4 and IPv6 sockets, in the kernel's words. Pure.

    It is the user whose socket listens where no process has the accepted one, and where no socket
    here accepted: then root's rules sent the connection on, as Docker's do without its proxy.
    """
    port = f":{server[1]:04X} "
    sockets = {
        (fields[1], fields[2]): (int(fields[7]), fields[3], fields[9])
        for table in tables
        for fields in (row.split() for row in table.splitlines()[1:] if port in row)
    }
    ends = zip(_spelled(server), _spelled(client), strict=True)
    accepted = next((sockets[pair] for pair in ends if pair in sockets), None)
    if accepted and accepted[2] != _NO_INODE:
        return Owner(accepted[0])
    if not (accepted or is_loopback(server[0])):
        return Owner(None)
    places = (*_spelled(server), *_unspecified(server))
    pairs = ((place, nobody) for place in places for nobody in _NOBODY)
    listeners = (sockets[pair] for pair in pairs if pair in sockets)
    uid = next((uid for uid, state, _ in listeners if state == _LISTEN), None)
    return Owner(uid, pending=accepted is not None and accepted[1] in _PENDING)


def owner_in_lsof(listed: str, server: SocketPlace, client: SocketPlace) -> Owner:
    """The owner by what `lsof -Fun` lists. Pure."""
    wanted = f"n{host_and_port(*server)}->{host_and_port(*client)}"
    uid = None
    for line in listed.splitlines():
        if line.startswith("u"):
            uid = int(line[1:])
        elif line == wanted:
            return Owner(uid)
    return Owner(None, pending=True)


def _owner(server: SocketPlace, client: SocketPlace) -> Owner:
    if sys.platform == "linux":
        try:
            tables = [table.read_text() for table in TABLES if table.exists()]
        except OSError:
            return Owner(None)
        return owner_in_tables(tables, server, client)
    try:
        command = ["lsof", "-nP", f"-iTCP:{server[1]}", "-Fun"]
        listed = subprocess.run(command, capture_output=True, text=True).stdout
    except FileNotFoundError:
        return Owner(None)
    return owner_in_lsof(listed, server, client)


def _spelled(place: SocketPlace) -> list[str]:
    """The place as either table has it: an IPv6 socket may serve IPv4."""
    host, port = place[0].partition("%")[0], f":{place[1]:04X}"
    address = ip_address(host)
    if address.version == 6:
        return [_hex(address.packed) + port]
    mapped = bytes(10) + b"\xff\xff" + address.packed
    return [_hex(address.packed) + port, _hex(mapped) + port]


def _unspecified(place: SocketPlace) -> list[str]:
    """Every address, the nearest family first: where both listen, IPv4 is not served by IPv6."""
    everywhere = [f"{end.partition(':')[0]}:{place[1]:04X}" for end in _NOBODY]
    return everywhere[1:] if ":" in place[0] else everywhere


def _hex(packed: bytes) -> str:
    """An address as the kernel writes it: words of 32 bits in the machine's order."""
    words = (packed[start : start + 4] for start in range(0, len(packed), 4))
    return "".join(f"{int.from_bytes(word, sys.byteorder):08X}" for word in words)


def user_named(uid: int) -> str:
    """Return `user NAME`, by the number where that has no name."""
    try:
        return f"user {pwd.getpwuid(uid).pw_name}"
    except (KeyError, OverflowError):
        return f"user {uid}"
