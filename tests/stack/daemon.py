"""A Docker engine of the tests' own: its data, its socket, its ports; nobody else's is touched.

What works here was measured: as root, overlay2 and the default bridge with iptables do.
"""

import contextlib
import os
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Self

READY_TIMEOUT = 60.0
STOPPED_WITHIN = 30.0
PAUSE = 0.05
LOG_LINES = 15


class DaemonError(AssertionError):
    """The engine cannot be started here; the message says why."""


class Daemon:
    """`dockerd` over a temporary directory; may be killed and started again."""

    def __init__(self, directory: Path, name: str = "docker") -> None:
        self.socket = directory / f"{name}.sock"
        self.url = f"unix://{self.socket}"
        self.log = directory / f"{name}.log"
        self._directory = directory / name
        self._process: subprocess.Popen[bytes] | None = None

    def start(self) -> None:
        """Return when it answers. Raises DaemonError."""
        if problem := unable():
            raise DaemonError(problem)
        with self.log.open("ab") as log:
            self._process = subprocess.Popen(
                [
                    "dockerd",
                    f"--data-root={self._directory / 'data'}",
                    f"--exec-root={self._directory / 'run'}",
                    f"--pidfile={self._directory}.pid",
                    f"--host={self.url}",
                ],
                stdout=log,
                stderr=subprocess.STDOUT,
                start_new_session=True,
            )
        deadline = time.monotonic() + READY_TIMEOUT
        while subprocess.run(["docker", "-H", self.url, "version"], capture_output=True).returncode:
            if self._process.poll() is not None or time.monotonic() > deadline:
                said = self.log.read_text(errors="replace").splitlines()[-LOG_LINES:]
                raise DaemonError("\n".join(["dockerd does not start:", *said]))
            time.sleep(PAUSE)

    def stop(self) -> None:
        """End it and what runs in it."""
        if self._process is not None:
            self._process.terminate()
            try:
                self._process.wait(STOPPED_WITHIN)
            except subprocess.TimeoutExpired:
                self._process.kill()
                self._process.wait()
            self._process = None
            # One that was killed once leaves this mount, and the directory cannot be removed.
            subprocess.run(["umount", "-l", self._directory / "data"], capture_output=True)

    def kill(self) -> None:
        """SIGKILL, so that it says nothing to anybody."""
        assert self._process is not None
        self._process.kill()
        self._process.wait()
        # Its containerd dies with it, and the next one would wait for that where nobody reaps it.
        (self._directory / "run" / "containerd" / "containerd.pid").unlink()

    @contextlib.contextmanager
    def frozen(self) -> Iterator[None]:
        """Running, and answering nobody."""
        assert self._process is not None
        os.kill(self._process.pid, signal.SIGSTOP)
        try:
            yield
        finally:
            os.kill(self._process.pid, signal.SIGCONT)

    def __enter__(self) -> Self:
        self.start()
        return self

    def __exit__(self, *_: object) -> None:
        self.stop()


def unable() -> str:
    """Why no engine can be started here, empty where it can."""
    if missing := [one for one in ("dockerd", "docker", "iptables") if shutil.which(one) is None]:
        return f"{', '.join(missing)} is missing: apt-get install docker.io iptables"
    if os.geteuid() != 0:
        return "only root can start a Docker engine"
    return ""


def directory() -> Path:
    """A short one: the path of a socket has at most 108 bytes."""
    return Path(tempfile.mkdtemp(prefix="ccotel-docker-", dir="/tmp"))


def main() -> int:
    """Exit status 1, and why, where no engine starts here."""
    place = directory()
    try:
        with Daemon(place):
            return 0
    except DaemonError as error:
        print(" ".join(str(error).split()))
        return 1
    finally:
        shutil.rmtree(place, ignore_errors=True)


if __name__ == "__main__":
    sys.exit(main())
