"""Servers of another user that answer as Prometheus, Loki and a collector would, and write down
every byte that they get; and a network of their own, where they may have any port."""

import json
import os
import shutil
import subprocess
import sys
import threading
from collections.abc import Sequence
from typing import Self

import pytest

NOBODY = 65_534

_SERVE = """
import encodings.idna, fcntl, json, os, selectors, socket, struct, sys

OK = b"HTTP/1.1 200 OK\\r\\nContent-Type: %s\\r\\nContent-Length: %d\\r\\n\\r\\n%s"
JSON = b'{"status":"success","data":{"resultType":"vector","result":[]}}'
new, uid, *ports = map(int, sys.argv[1:])
if new:  # its loopback interface is down
    with socket.socket() as any_socket:
        fcntl.ioctl(any_socket, 0x8914, struct.pack("16sh", b"lo", 0x49))
if uid:
    os.setgroups([]); os.setgid(uid); os.setuid(uid)
selector = selectors.DefaultSelector()
listening = [socket.create_server(("127.0.0.1", port)) for port in ports]
for one in listening:
    selector.register(one, selectors.EVENT_READ, one.getsockname()[1])

def tell(*what):
    os.write(1, (json.dumps(what) + "\\n").encode())

def answer(data):
    if data.startswith(b"POST"):
        return OK % (b"application/x-protobuf", 0, b"")
    return OK % (b"application/json", len(JSON), JSON) if data.startswith(b"GET") else b""

tell(*(one.getsockname()[1] for one in listening))
while True:
    for key, _ in sorted(selector.select(), key=lambda ready: ready[0].fileobj in listening):
        if key.fileobj in listening:
            client = key.fileobj.accept()[0]
            selector.register(client, selectors.EVENT_READ, key.data)
            continue
        try:
            data = key.fileobj.recv(1 << 20)
            key.fileobj.sendall(answer(data))
        except OSError:
            data = b""
        if data:
            tell(key.data, data.decode("latin-1"))
        else:
            selector.unregister(key.fileobj)
            key.fileobj.close()
"""


def require_root() -> None:
    """Skip where nobody may become another user, or have a network of their own."""
    if os.geteuid() != 0 or sys.platform != "linux":
        pytest.skip("only root on Linux can be another user")
    if missing := [one for one in ("unshare", "nsenter") if shutil.which(one) is None]:
        pytest.skip(f"{', '.join(missing)} is missing: apt-get install util-linux")


class Servers:
    """The same server on each of the ports, 0 being any; `inside` runs in their network."""

    def __init__(
        self, uid: int, ports: Sequence[int], network: "Servers | None" = None, new: bool = False
    ) -> None:
        """With `new` in a network of their own, else in that of others, or in everybody's."""
        prefix = ["unshare", "--net"] if new else network.inside if network else []
        self._process = subprocess.Popen(
            [*prefix, sys.executable, "-c", _SERVE, str(int(new)), str(uid), *map(str, ports)],
            stdout=subprocess.PIPE,
            text=True,
        )
        assert self._process.stdout is not None
        self.ports: list[int] = json.loads(self._process.stdout.readline())
        self._bytes: list[tuple[int, str]] = []
        self._reader = threading.Thread(target=self._read, daemon=True)
        self._reader.start()

    @property
    def inside(self) -> list[str]:
        """What is put before a command."""
        return ["nsenter", f"--net=/proc/{self._process.pid}/ns/net"]

    @property
    def received(self) -> list[tuple[int, str]]:
        """The port and the bytes of all that came, once they have ended."""
        self.close()
        return self._bytes

    def close(self) -> None:
        if self._process.poll() is None:
            self._finish()
            self._process.terminate()
            self._process.wait()
            self._reader.join()
            assert self._process.stdout is not None
            self._process.stdout.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def _read(self) -> None:
        assert self._process.stdout is not None
        for line in self._process.stdout:
            port, text = json.loads(line)
            if text != _LAST_WORDS:
                self._bytes.append((port, text))

    def _finish(self) -> None:
        """Return when all that was sent before is written down: nothing is read out of turn."""
        ports = map(str, self.ports)
        command = [*self.inside, sys.executable, "-c", _SAY, _LAST_WORDS, *ports]
        subprocess.run(command, check=True, timeout=60)


_LAST_WORDS = "GET last"
_SAY = """
import socket, sys
for port in sys.argv[2:]:
    with socket.create_connection(("127.0.0.1", int(port))) as connection:
        connection.sendall(sys.argv[1].encode())
        connection.recv(1)
"""
