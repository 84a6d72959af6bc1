"""Whose a server is: by the kernel's tables as they were seen, and by connections."""

import os
import socket
from contextlib import closing
from pathlib import Path

import pytest

from ccotel_tui.errors import EndpointUnavailable, NotOurs, SourceUnavailable
from ccotel_tui.network.ownership import (
    Owner,
    foreign_listener,
    foreign_owner,
    owner_in_lsof,
    owner_in_tables,
    require_ours,
)
from ccotel_tui.query.measures import COST
from ccotel_tui.query.open_backend import open_backend
from ccotel_tui.query.query import Query, Scope
from tests.query.stack.test_http import WINDOW
from tests.tools.other_user import NOBODY, Servers, require_root

SERVER, CLIENT = ("127.0.0.1", 19090), ("127.0.0.1", 40570)
V4, V4_CLIENT = "0100007F:4A92", "0100007F:9E7A"
V6 = "0000000000000000FFFF00000100007F:4A92"
V6_CLIENT = "0000000000000000FFFF00000100007F:9E7A"
ANY4, ANY6 = "00000000:0000", f"{'0' * 32}:0000"
BOB = 1001


def row(local: str, remote: str, state: str, uid: int, inode: int = 77) -> str:
    """A line of /proc/net/tcp."""
    queues = "00000000:00000000 00:00000000 00000000"
    return f"   0: {local} {remote} {state} {queues} {uid:5} 0 {inode} 1 0 100 0 0 10 0\n"


LISTENS = row(V4, ANY4, "0A", BOB)
OURS = row(V4_CLIENT, V4, "01", 1000)
"""Our own end of the connection, which is in the table too."""


@pytest.mark.parametrize(
    ("tcp", "tcp6", "owner"),
    [
        pytest.param(LISTENS + OURS + row(V4, V4_CLIENT, "01", BOB), "", Owner(BOB), id="accepted"),
        pytest.param(
            OURS, row(ANY6[:-4] + "4A92", ANY6, "0A", BOB) + row(V6, V6_CLIENT, "01", BOB),
            Owner(BOB), id="IPv4 by a socket of IPv6",
        ),
        pytest.param(
            row(V4, ANY4, "0A", 0) + row(V4, V4_CLIENT, "01", BOB), "",
            Owner(BOB), id="root listens for another user",
        ),
        pytest.param(
            LISTENS + row(V4, V4_CLIENT, "01", 0, inode=0), "",
            Owner(BOB, pending=True), id="not accepted, as kernels before 6.17 tell it",
        ),
        pytest.param(
            LISTENS + row(V4, V4_CLIENT, "03", BOB, inode=0), "",
            Owner(BOB, pending=True), id="not yet connected on that side",
        ),
        pytest.param(
            LISTENS + row(V4, V4_CLIENT, "05", 0, inode=0), "", Owner(BOB), id="closed there"
        ),
        pytest.param(row(V4, V4_CLIENT, "06", 0, inode=0), "", Owner(None), id="closed, and gone"),
        pytest.param(row(V4, ANY4, "0A", 0) + OURS, "", Owner(0), id="docker without its proxy"),
        pytest.param(
            row(V4, ANY4, "0A", BOB) + OURS, row(ANY6[:-4] + "4A92", ANY6, "0A", 0),
            Owner(BOB), id="root listens to IPv6 only",
        ),
        pytest.param(OURS, "", Owner(None), id="in another network"),
    ],
)  # fmt: skip
def test_the_owner_is_who_accepted_else_who_listens(tcp: str, tcp6: str, owner: Owner) -> None:
    tables = [f"  sl  local_address rem_address\n{rows}" for rows in (tcp, tcp6)]
    assert owner_in_tables(tables, SERVER, CLIENT) == owner


def test_a_port_here_tells_nothing_of_another_machine() -> None:
    tables = ["\n" + row("00000000:4A92", ANY4, "0A", 0)]
    assert owner_in_tables(tables, ("192.0.2.7", 19090), ("192.0.2.9", 40570)) == Owner(None)
    assert owner_in_tables(tables, SERVER, CLIENT) == Owner(0)


LSOF = """\
p410
u0
f9
n127.0.0.1:19090->127.0.0.1:50000
p501
u1001
f7
n127.0.0.1:40570->127.0.0.1:19090
f8
n*:19090
p502
u1002
f11
n127.0.0.1:19090->127.0.0.1:40570
"""


def test_the_owner_by_lsof_is_who_has_that_connection() -> None:
    assert owner_in_lsof(LSOF, SERVER, CLIENT) == Owner(1002)
    assert owner_in_lsof(LSOF, SERVER, ("127.0.0.1", 50001)) == Owner(None, pending=True)
    listed = "p1\nu0\nf3\nn[::1]:19090->[::1]:40570\n"
    assert owner_in_lsof(listed, ("::1", 19090), ("::1", 40570)) == Owner(0)


@pytest.mark.parametrize("host", ["127.0.0.1", "::1"])
def test_a_server_of_this_user_is_ours_also_before_it_accepts(host: str) -> None:
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    with socket.create_server((host, 0), family=family) as listening:
        with socket.create_connection(listening.getsockname()[:2]) as waiting:
            assert foreign_owner(waiting) == ""
            accepted, _ = listening.accept()
            with accepted:
                assert foreign_owner(waiting) == ""
        port = listening.getsockname()[1]
        require_ours(host, port)
    assert foreign_listener(host, port) is None
    with pytest.raises(EndpointUnavailable, match="Nobody listens"):
        require_ours(host, port)


def test_ipv4_by_a_server_of_ipv6_is_ours() -> None:
    with socket.create_server(("::", 0), family=socket.AF_INET6, dualstack_ipv6=True) as listening:
        assert foreign_listener("127.0.0.1", listening.getsockname()[1]) == ""


def test_one_that_has_ended_the_connection_is_not_known() -> None:
    with socket.socket() as never_connected:
        assert foreign_owner(never_connected) == "is not known to be yours"


def test_a_server_of_another_user_is_named() -> None:
    require_root()
    with Servers(NOBODY, [0]) as theirs, Servers(0, [0]) as ours:
        [port] = theirs.ports
        assert foreign_listener("127.0.0.1", port) == "belongs to user nobody"
        with pytest.raises(NotOurs, match=rf"127\.0\.0\.1:{port} belongs to user nobody"):
            require_ours("127.0.0.1", port)
        require_ours("127.0.0.1", *ours.ports)
        assert theirs.received == []


def test_another_user_who_takes_a_port_meanwhile_is_asked_nothing(tmp_path: Path) -> None:
    """Each connection is looked at before anything is sent on it."""
    require_root()
    with Servers(os.geteuid(), [0, 0]) as ours:
        prometheus, loki = (f"http://127.0.0.1:{port}" for port in ours.ports)
        headers = (("X-Token", "sesame"),)
        backend = open_backend("auto", tmp_path / "no.db", prometheus, loki, headers)
        with closing(backend):
            assert backend.name == "stack"
            assert backend.source.last_record_ns(WINDOW.to_ns) is None
            ours.close()
            with Servers(NOBODY, ours.ports) as theirs:
                with pytest.raises(SourceUnavailable, match="belongs to user nobody: name it with"):
                    backend.source.numbers([Query(COST)], WINDOW, Scope())
                assert theirs.received == []
