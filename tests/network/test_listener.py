"""Which process listens on a port."""

import os
import socket
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from ccotel_tui.network import listener
from ccotel_tui.network.listener import process_of


@pytest.mark.skipif(sys.platform != "linux", reason="another system is asked otherwise")
def test_a_kernel_without_ipv6_tells_it_too(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(listener, "TABLES", (Path("/proc/net/tcp"), Path("/proc/net/none")))
    with socket.create_server(("127.0.0.1", 0)) as listening:
        process = process_of(listening.getsockname()[1])
    assert process is not None
    assert process.pid == os.getpid()


@pytest.mark.skipif(sys.platform != "linux", reason="another system is asked otherwise")
def test_a_process_that_ends_meanwhile_hides_no_other(monkeypatch: pytest.MonkeyPatch) -> None:
    scandir, ended = os.scandir, []

    def scandir_after_an_end(path: Any) -> Iterator[Any]:
        if os.fspath(path).endswith("/fd") and str(os.getpid()) not in os.fspath(path):
            ended.append(path)
            raise FileNotFoundError(path)
        return scandir(path)

    with socket.create_server(("127.0.0.1", 0)) as listening:
        monkeypatch.setattr(os, "scandir", scandir_after_an_end)
        process = process_of(listening.getsockname()[1])
    assert ended
    assert process is not None
    assert process.pid == os.getpid()
