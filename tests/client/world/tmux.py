"""Programs in a tmux server of the test's own: typed into, and their screens read."""

import itertools
import os
import shlex
import subprocess
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TypeVar

TIMEOUT = 60.0
POLL_INTERVAL = 0.05

_servers = itertools.count()
_panes = itertools.count()
Seen = TypeVar("Seen")


def wait_for(look: Callable[[], Seen | None], what: Callable[[], str] | str) -> Seen:
    """What `look` gives once it is neither None nor empty; fails, saying `what`, if it stays so."""
    end = time.monotonic() + TIMEOUT
    while time.monotonic() < end:
        if seen := look():
            return seen
        time.sleep(POLL_INTERVAL)
    raise AssertionError(f"did not come: {what if isinstance(what, str) else what()}")


@dataclass(frozen=True)
class Pane:
    """A program on a screen of its own."""

    server: str
    name: str

    @property
    def screen(self) -> str:
        """What it shows; blanks of any kind are spaces."""
        return _tmux(self.server, "capture-pane", "-p", "-t", self.name).replace("\xa0", " ")

    @property
    def settled_screen(self) -> str:
        """A screen that stays the same for a moment: none is caught half painted."""
        former, screen = "", self.screen
        while screen != former:
            time.sleep(POLL_INTERVAL)
            former, screen = screen, self.screen
        return screen

    def until(self, *texts: str) -> str:
        """The screen once it shows all of the texts."""
        return self.until_screen(lambda screen: all(text in screen for text in texts), str(texts))

    def until_screen(self, shown: Callable[[str], bool], what: str) -> str:
        """The first screen of which `shown` is true."""

        def look() -> str | None:
            screen = self.screen
            return screen if shown(screen) else None

        return wait_for(look, lambda: f"{what} on the screen of {self.name}:\n{self.screen}")

    @property
    def ended(self) -> bool:
        """Whether its program is gone."""
        return _tmux(self.server, "display-message", "-p", "-t", self.name, "#{pane_dead}") == "1\n"

    def press(self, key: str) -> None:
        """A key as tmux names it."""
        _tmux(self.server, "send-keys", "-t", self.name, key)

    def accept(self, question: str) -> None:
        """Press Enter until the question is gone: one just drawn may not hear the first."""

        def accepted() -> bool:
            if question not in self.screen:
                return True
            self.press("Enter")
            return False

        wait_for(accepted, f"an answer to {question}")

    def type(self, text: str) -> None:
        """Letters as they are."""
        _tmux(self.server, "send-keys", "-t", self.name, "-l", text)


@dataclass
class Tmux:
    """A tmux server that was not asked for its user's configuration."""

    server: str

    def run(
        self,
        name: str,
        size: tuple[int, int],
        command: list[str],
        variables: Mapping[str, str],
        folder: Path,
    ) -> Pane:
        """Start the command with exactly these variables on a screen of this size."""
        name = f"{name}-{next(_panes)}"
        settings = [f"{variable}={value}" for variable, value in variables.items()]
        line = shlex.join(["env", "-i", "TERM=xterm-256color", *settings, *command])
        columns, rows = map(str, size)
        size_options = ("-x", columns, "-y", rows)
        # The screen of a program that has ended stays to be read.
        keep = (";", "set-option", "-w", "-t", name, "remain-on-exit", "on")
        _tmux(
            self.server,
            "new-session",
            "-d",
            "-s",
            name,
            *size_options,
            "-c",
            str(folder),
            line,
            *keep,
        )
        return Pane(self.server, name)


@contextmanager
def tmux() -> Iterator[Tmux]:
    """A server of its own; its programs are hung up when the block ends."""
    server = f"ccotel-test-{os.getpid()}-{next(_servers)}"
    try:
        yield Tmux(server)
    finally:
        subprocess.run(["tmux", "-L", server, "kill-server"], capture_output=True)


def _tmux(server: str, *arguments: str) -> str:
    command = ["tmux", "-L", server, "-f", "/dev/null", *arguments]
    return subprocess.run(command, check=True, capture_output=True, text=True).stdout
