"""Finds the process that listens on a port of this machine."""

import os
import subprocess
from glob import iglob
from pathlib import Path
from typing import NamedTuple

from ccotel_tui.sentences import Sentence

TABLES = (Path("/proc/net/tcp"), Path("/proc/net/tcp6"))
"""The kernel's sockets; one without IPv6 has no second table."""

_LISTEN = "0A"


class Process(NamedTuple):
    """A process of this machine."""

    name: str
    pid: int

    @property
    def sentence(self) -> Sentence:
        """Its name and number."""
        return Sentence("named_process", "{name}, process {pid}", name=self.name, pid=self.pid)


def process_of(port: int) -> Process | None:
    """Return the process that listens on the port; None where it cannot be told."""
    if TABLES[0].exists():
        return _from_proc(port)
    try:
        listed = subprocess.run(
            ["lsof", "-nP", f"-iTCP:{port}", "-sTCP:LISTEN", "-Fpc"],
            capture_output=True,
            text=True,
            errors="replace",
        ).stdout
    except FileNotFoundError:
        return None
    fields = {line[0]: line[1:] for line in listed.splitlines()}
    return Process(fields["c"], int(fields["p"])) if "p" in fields else None


def _from_proc(port: int) -> Process | None:
    sockets = {
        f"socket:[{fields[9]}]"
        for table in TABLES
        if table.exists()
        for fields in map(str.split, table.read_text().splitlines()[1:])
        if fields[1].endswith(f":{port:04X}") and fields[3] == _LISTEN
    }
    # Path.glob raises where a process ends meanwhile.
    for file in iglob("/proc/[0-9]*/fd/*"):
        try:
            if os.readlink(file) in sockets:
                pid = file.split("/")[2]
                name = os.fsdecode(Path("/proc", pid, "comm").read_bytes()).strip()
                return Process(name, int(pid))
        except OSError:  # it has ended, or is somebody else's
            continue
    return None
