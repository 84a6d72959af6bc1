"""A small disk that can be filled, where the machine lets us mount one."""

import os
import subprocess
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path

CAN_MOUNT = os.geteuid() == 0 and sys.platform == "linux"


@dataclass
class Disk:
    """Its folder; what fills it is a file in it."""

    folder: Path

    def fill(self) -> None:
        """Leave no room."""
        with suppress(OSError), self._filler.open("ab", buffering=0) as file:
            while file.write(bytes(65_536)):
                pass
        with suppress(OSError), self._filler.open("ab", buffering=0) as file:
            while file.write(bytes(512)):
                pass

    @contextmanager
    def kept_full(self) -> Iterator[None]:
        """In the block there is no room, whatever somebody gives back; after it there is."""
        ended = threading.Event()

        def fill() -> None:
            while not ended.wait(0.005):
                self.fill()

        filling = threading.Thread(target=fill)
        filling.start()
        try:
            yield
        finally:
            ended.set()
            filling.join()
            self.make_room()

    def make_room(self) -> None:
        self._filler.unlink(missing_ok=True)

    @property
    def _filler(self) -> Path:
        return self.folder / "filler"


@contextmanager
def small_disk(folder: Path, megabytes: int) -> Iterator[Disk]:
    """A disk of that size at the folder, which is made."""
    folder.mkdir()
    size = f"size={megabytes}m"
    subprocess.run(["mount", "-t", "tmpfs", "-o", size, "tmpfs", folder], check=True)
    try:
        yield Disk(folder)
    finally:
        subprocess.run(["umount", "-l", folder], check=True)
