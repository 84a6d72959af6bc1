"""Which process listens on a port of this machine."""

import os
import subprocess
from pathlib import Path

_LISTEN = "0A"


def process_of(port: int) -> str:
    """Name and id of the process that listens on the port; empty where it cannot be told."""
    if Path("/proc/net/tcp").exists():
        return _from_proc(port)
    try:
        listed = subprocess.run(
            ["lsof", "-nP", f"-iTCP:{port}", "-sTCP:LISTEN", "-Fpc"],
            capture_output=True,
            text=True,
            errors="replace",
        ).stdout
    except FileNotFoundError:
        return ""
    fields = {line[0]: line[1:] for line in listed.splitlines()}
    return f"{fields['c']}, process {fields['p']}" if "p" in fields else ""


def _from_proc(port: int) -> str:
    sockets = {
        f"socket:[{fields[9]}]"
        for table in ("tcp", "tcp6")
        for fields in map(str.split, Path(f"/proc/net/{table}").read_text().splitlines()[1:])
        if fields[1].endswith(f":{port:04X}") and fields[3] == _LISTEN
    }
    for file in Path("/proc").glob("[0-9]*/fd/*"):
        try:
            if os.readlink(file) in sockets:
                name = os.fsdecode(Path("/proc", file.parts[2], "comm").read_bytes()).strip()
                return f"{name}, process {file.parts[2]}"
        except OSError:  # it has ended, or is somebody else's
            continue
    return ""
