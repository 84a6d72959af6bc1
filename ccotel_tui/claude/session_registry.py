"""The sessions that run or wait on this machine, from Claude Code's own files, read-only.

They are undocumented: whatever surprises in a file, nothing is said about that process.
"""

import json
import os
import re
import time
from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import TYPE_CHECKING, Any, Literal, NamedTuple, get_args

from ccotel_tui.claude.config_folder import config_folder

if TYPE_CHECKING:
    from ccotel_tui.claude.session_memory import Remembered, SessionMemory

Status = Literal["busy", "waiting", "idle", "shell", "ended"]

StartTime = Callable[[int], str | None]
"""When a process began, in the file's words; empty where that cannot be told, None where there is
no such process."""

_NAME = re.compile(r"\d+\.json")
"""Beside these lie keys, which are never opened."""

_LONGEST = 65_536


class Running(NamedTuple):
    """A process of Claude Code; `waiting_for` says what for, where it waits for somebody.

    `status_ms` is when the status became what it is (Unix ms), 0 where that is not told.
    """

    pid: int
    began: str
    session_id: str
    name: str
    folder: str
    updated_ms: int
    status: Status | None
    waiting_for: str
    started_ms: int = 0
    """When the process began (Unix ms); 0 where that is not told."""
    status_ms: int = 0

    @property
    def lives(self) -> bool:
        """True while the process runs."""
        return self.status != "ended"


class SessionRegistry:
    """The sessions that run on this machine; one that was seen and is gone has ended."""

    def __init__(
        self,
        folder: str | os.PathLike[str] | None = None,
        start_time: StartTime | None = None,
        memory: "SessionMemory | None" = None,
        writes: bool = False,
    ) -> None:
        """`memory` knows of those that ended before; it is kept up to date where this `writes`."""
        self._folder = folder or sessions_folder()
        self._start_time = start_time or process_start
        self._seen: dict[str, Running] = {}
        self._memory = memory
        self._writes = writes
        self._remembered = memory.read() if memory else {}

    def read(self) -> dict[str, Running]:
        """Each session that was ever seen, by its id, as it is now."""
        ended = {
            id: running._replace(status="ended", waiting_for="")
            for id, running in self._seen.items()
        }
        running_now = sorted(self._files(), key=lambda running: running.updated_ms)
        self._seen = ended | {running.session_id: running for running in running_now}
        if self._memory and self._writes:
            self._remember(self._memory, running_now)
        former = {id: _former(id, entry) for id, entry in self._remembered.items()}
        return former | self._seen

    def _remember(self, memory: "SessionMemory", running: Iterable[Running]) -> None:
        """Write where a session is new, or is called otherwise or elsewhere than before."""
        # Here: `line` reads what runs now, and remembers nothing.
        from ccotel_tui.claude.session_memory import Remembered

        now_ms = time.time_ns() // 1_000_000
        changed: dict[str, Remembered] = {}
        for process in running:
            former = self._remembered.get(process.session_id, Remembered("", "", 0))
            # A process that has just begun does not tell its name yet.
            names = process.name or former.name, process.folder or former.folder
            if process.lives and names != former[:2]:
                changed[process.session_id] = Remembered(*names, now_ms)
        if changed:
            self._remembered = memory.add(changed)

    def _files(self) -> Iterator[Running]:
        try:
            names = [name for name in os.listdir(self._folder) if _NAME.fullmatch(name)]
        except OSError:
            return
        for name in names:
            try:
                with open(os.path.join(self._folder, name), encoding="utf-8") as file:
                    running = parse_session(file.read(_LONGEST))
            except (OSError, ValueError):
                continue
            if running is not None and name == f"{running.pid}.json":
                yield running if self._lives(running) else running._replace(status="ended")

    def _lives(self, running: Running) -> bool:
        """Return whether the process runs; without a start time its pid alone tells."""
        began = self._start_time(running.pid)
        return began is not None and began in ("", running.began)


def parse_session(text: str) -> Running | None:
    """Return the process of a file; None where the file has an unknown form."""
    try:
        body = json.loads(text)
    except (ValueError, RecursionError):
        return None
    if not isinstance(body, dict) or not isinstance(body.get("pid"), int) or body["pid"] <= 0:
        return None
    session_id, status = _text(body, "sessionId"), body.get("status")
    if not session_id:
        return None
    valid_status: Status | None = status if status in get_args(Status) else None
    updated, started = body.get("updatedAt"), body.get("startedAt")
    changed = body.get("statusUpdatedAt")
    return Running(
        pid=body["pid"],
        began=_text(body, "procStart"),
        session_id=session_id,
        name=_text(body, "name"),
        folder=_text(body, "cwd"),
        updated_ms=updated if isinstance(updated, int) else 0,
        status=valid_status,
        waiting_for=_text(body, "waitingFor") if valid_status == "waiting" else "",
        started_ms=started if isinstance(started, int) else 0,
        status_ms=changed if isinstance(changed, int) and changed > 0 else 0,
    )


def session_folders(sessions: Mapping[str, Running]) -> dict[str, str]:
    """Return the folder of each session that tells one."""
    return {id: session.folder for id, session in sessions.items() if session.folder}


def _former(session_id: str, remembered: "Remembered") -> Running:
    """A session of which only its name and folder are still there."""
    return Running(0, "", session_id, remembered.name, remembered.folder, 0, "ended", "")


def sessions_folder() -> str:
    """Return the folder in which Claude Code keeps these files."""
    return os.path.join(config_folder(), "sessions")


def process_start(pid: int) -> str | None:
    """Field 22 of /proc/PID/stat; on a system without it, empty for a process that lives."""
    if os.path.exists("/proc/self/stat"):
        try:
            with open(f"/proc/{pid}/stat", encoding="utf-8", errors="replace") as file:
                return file.read().rpartition(")")[2].split()[19]
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
