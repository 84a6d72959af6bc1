"""A browser that only says where it was sent."""

import os
from pathlib import Path
from select import select

import pytest

_PATIENCE = 20.0


class Browser:
    """What `webbrowser` finds by `path` in the variable BROWSER."""

    def __init__(self, directory: Path) -> None:
        sent = directory / "sent"
        os.mkfifo(sent)
        self._sent = os.open(sent, os.O_RDONLY | os.O_NONBLOCK)
        self.path = directory / "browser"
        self.path.write_text(f'#!/bin/sh\necho "noise"; echo "$1" > "{sent}"\n')
        self.path.chmod(0o755)

    def address(self) -> str:
        """Where it was sent, once it was."""
        if not select([self._sent], [], [], _PATIENCE)[0]:
            pytest.fail("no browser was asked for")
        return os.read(self._sent, 65_536).decode().strip()

    def close(self) -> None:
        os.close(self._sent)
