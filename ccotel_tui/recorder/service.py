"""The recorder as a service of the user: a systemd unit, or a launchd agent on macOS."""

import contextlib
import os
import plistlib
import subprocess
import sys
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

from ccotel_tui.errors import ServiceFailed

NAME = "ccotel-tui"

RunCommand = Callable[[Sequence[str]], None]
"""Runs a command; raises ServiceFailed."""


@dataclass(frozen=True)
class UserService:
    """The file that declares it, and the commands that act on what the file declares.

    `clear` comes before `start` and `stop`, and may fail: there may be nothing to clear.
    """

    file: Path
    content: bytes
    start: Sequence[Sequence[str]]
    clear: Sequence[Sequence[str]] = ()
    stop: Sequence[Sequence[str]] = ()
    forget: Sequence[Sequence[str]] = ()

    def install(self, run: RunCommand) -> str:
        """Declare and start it, anew where it runs; a sentence says what was done.

        Raises ServiceFailed, the file as it was before.
        """
        before = self.file.read_bytes() if self.file.exists() else None
        self.file.parent.mkdir(parents=True, exist_ok=True)
        self.file.write_bytes(self.content)
        try:
            self._clear(run)
            for command in self.start:
                run(command)
        except ServiceFailed:
            if before is None:
                self.file.unlink()
            else:
                self.file.write_bytes(before)
            raise
        return f"Wrote {self.file}; it records now and after each login."

    def uninstall(self, run: RunCommand) -> str:
        """End and forget it; a sentence says what was done. Raises ServiceFailed, the file kept."""
        if not self.file.exists():
            return f"There is no service: {self.file} does not exist."
        self._clear(run)
        for command in self.stop:
            run(command)
        self.file.unlink()
        for command in self.forget:
            run(command)
        return f"Removed {self.file}; nobody records unless a dashboard is open."

    def _clear(self, run: RunCommand) -> None:
        for command in self.clear:
            with contextlib.suppress(ServiceFailed):
                run(command)


def service(command: Sequence[str]) -> UserService:
    """This machine's form of a service that runs the command."""
    if sys.platform == "darwin":
        return launchd_agent(command, Path.home(), os.getuid())
    config = os.environ.get("XDG_CONFIG_HOME") or Path.home() / ".config"
    return systemd_unit(command, Path(config))


def systemd_unit(command: Sequence[str], config: Path) -> UserService:
    """A user unit that is started at login, and again when it crashed."""
    text = (
        "[Unit]\n"
        "Description=Recorder of Claude Code's telemetry (ccotel-tui)\n"
        "\n"
        "[Service]\n"
        f"ExecStart={' '.join(map(_quoted, command))}\n"
        "Restart=on-failure\n"
        "RestartSec=1\n"
        "\n"
        "[Install]\n"
        "WantedBy=default.target\n"
    )
    unit = f"{NAME}.service"
    reload, enable, restart, disable = (
        ["systemctl", "--user", *words]
        for words in (
            ["daemon-reload"],
            ["enable", unit],
            ["restart", unit],
            ["disable", "--now", unit],
        )
    )
    return UserService(
        config / "systemd" / "user" / unit,
        text.encode(),
        start=[reload, enable, restart],
        stop=[disable],
        forget=[reload],
    )


def launchd_agent(command: Sequence[str], home: Path, user: int) -> UserService:
    """An agent that is started at login, and again when it crashed."""
    content = plistlib.dumps(
        {
            "Label": NAME,
            "ProgramArguments": list(command),
            "RunAtLoad": True,
            "KeepAlive": {"SuccessfulExit": False},
            "StandardErrorPath": str(home / "Library" / "Logs" / f"{NAME}-recorder.log"),
        }
    )
    file = home / "Library" / "LaunchAgents" / f"{NAME}.plist"
    domain = f"gui/{user}"
    return UserService(
        file,
        content,
        clear=[["launchctl", "bootout", f"{domain}/{NAME}"]],
        # An agent that was disabled once stays so until it is enabled.
        start=[
            ["launchctl", "enable", f"{domain}/{NAME}"],
            ["launchctl", "bootstrap", domain, str(file)],
        ],
    )


def run_command(command: Sequence[str]) -> None:
    """Run a command of the service manager. Raises ServiceFailed with the next step."""
    instead = "Without a service, keep a dashboard or `ccotel-tui record` open."
    try:
        done = subprocess.run(command, capture_output=True, text=True, errors="replace")
    except FileNotFoundError as error:
        raise ServiceFailed(f"There is no {command[0]} on this machine. {instead}") from error
    if done.returncode:
        reason = done.stderr.strip() or f"exit status {done.returncode}"
        raise ServiceFailed(f"`{' '.join(command)}` failed: {reason}. {instead}")


def _quoted(word: str) -> str:
    for special, written in (("\\", "\\\\"), ('"', '\\"'), ("%", "%%"), ("$", "$$")):
        word = word.replace(special, written)
    return f'"{word}"'
