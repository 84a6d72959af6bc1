"""Who runs, who waits and where: Claude Code's own files of its running processes, read-only.

They are undocumented: whatever surprises in a file, nothing is said about that process.
"""

import json
import os
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, Literal, get_args

Status = Literal["busy", "waiting", "idle", "shell", "ended"]

StartTime = Callable[[int], str | None]
"""When a process began, in the file's words; empty where that cannot be told, None where there is
no such process."""

_NAME = re.compile(r"\d+\.json")
"""Beside these lie keys, which are never opened."""

_LONGEST = 65_536


@dataclass(frozen=True, slots=True)
class Running:
    """A process of Claude Code; `waiting_for` says what for, where it waits for somebody."""

    pid: int
    began: str
    session_id: str
    name: str
    folder: str
    updated_ms: int
    status: Status | None
    waiting_for: str


class SessionRegistry:
    """The sessions that run on this machine; one that was seen and is gone has ended."""

    def __init__(self, folder: Path | None = None, start_time: StartTime | None = None) -> None:
        self._folder = folder or sessions_folder()
        self._start_time = start_time or process_start
        self._seen: dict[str, Running] = {}

    def read(self) -> dict[str, Running]:
        """Each session that was seen so far, by its id, as it is now."""
        ended = {
            id: replace(running, status="ended", waiting_for="")
            for id, running in self._seen.items()
        }
        found = sorted(self._files(), key=lambda running: running.updated_ms)
        self._seen = ended | {running.session_id: running for running in found}
        return self._seen

    def _files(self) -> Iterator[Running]:
        try:
            paths = [path for path in self._folder.iterdir() if _NAME.fullmatch(path.name)]
        except OSError:
            return
        for path in paths:
            try:
                with path.open(encoding="utf-8") as file:
                    running = parse(file.read(_LONGEST))
            except (OSError, ValueError):
                continue
            if running is not None and path.name == f"{running.pid}.json":
                yield running if self._lives(running) else replace(running, status="ended")

    def _lives(self, running: Running) -> bool:
        """Whether it is this very process; where no start time can be told, its pid must do."""
        began = self._start_time(running.pid)
        return began is not None and began in ("", running.began)


def parse(text: str) -> Running | None:
    """What a file says, None where it is not as we know it."""
    try:
        body = json.loads(text)
    except (ValueError, RecursionError):
        return None
    if not isinstance(body, dict) or not isinstance(body.get("pid"), int) or body["pid"] <= 0:
        return None
    session_id, status = _text(body, "sessionId"), body.get("status")
    if not session_id:
        return None
    known: Status | None = status if status in get_args(Status) else None
    updated = body.get("updatedAt")
    return Running(
        pid=body["pid"],
        began=_text(body, "procStart"),
        session_id=session_id,
        name=_text(body, "name"),
        folder=_text(body, "cwd"),
        updated_ms=updated if isinstance(updated, int) else 0,
        status=known,
        waiting_for=_text(body, "waitingFor") if known == "waiting" else "",
    )


def sessions_folder() -> Path:
    """Where Claude Code keeps them."""
    configured = os.environ.get("CLAUDE_CONFIG_DIR")
    return (Path(configured) if configured else Path.home() / ".claude") / "sessions"


def process_start(pid: int) -> str | None:
    """Field 22 of /proc/PID/stat; on a system without it, empty for a process that lives."""
    if os.path.exists("/proc/self/stat"):
        try:
            stat = Path(f"/proc/{pid}/stat").read_text(encoding="utf-8", errors="replace")
            return stat.rpartition(")")[2].split()[19]
        except (OSError, IndexError):
            return None
    try:
        os.kill(pid, 0)
    except PermissionError:
        return ""
    except (OSError, OverflowError):
        return None
    return ""


def _text(body: dict[str, Any], name: str) -> str:
    value = body.get(name)
    return value if isinstance(value, str) else ""
