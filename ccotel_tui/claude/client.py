"""The Claude Code that is installed on this machine."""

import os
import re
import shutil
import subprocess
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from ccotel_tui.claude.config_folder import config_folder

EXACT_SINCE = (2, 1, 214)
"""Earlier versions count some things twice."""

_VERSION = re.compile(r"(\d+)\.(\d+)\.(\d+)")
_TIMEOUT = 20.0
"""Seconds; a first start may unpack."""


@dataclass(frozen=True)
class InstalledClient:
    """The command and its version, which is empty where it does not tell."""

    path: Path
    version: str


def installed_client(environment: Mapping[str, str] = os.environ) -> InstalledClient | None:
    """Return the client that the shell would start, or one at a usual place; None without one."""
    usual = (Path(config_folder(), "local", "claude"), Path.home() / ".local" / "bin" / "claude")
    command = shutil.which("claude", path=environment.get("PATH"))
    path = Path(command) if command else next((each for each in usual if each.exists()), None)
    return InstalledClient(path, _version(path)) if path else None


def version_numbers(version: str) -> tuple[int, ...]:
    """Return the numbers of such as 2.1.332; empty where there are none."""
    numbers = _VERSION.search(version)
    return tuple(map(int, numbers.groups())) if numbers else ()


def _version(path: Path) -> str:
    try:
        done = subprocess.run(
            [path, "--version"],
            capture_output=True,
            text=True,
            errors="replace",
            stdin=subprocess.DEVNULL,
            timeout=_TIMEOUT,
        )
    except (OSError, subprocess.TimeoutExpired):
        return ""
    return ".".join(map(str, version_numbers(done.stdout)))
