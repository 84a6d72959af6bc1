"""The processor time and memory of a process."""

import os
import subprocess
import sys
from pathlib import Path

_TICKS = os.sysconf("SC_CLK_TCK")


def cpu_seconds(pid: int) -> float:
    """Return the processor time of all its threads so far, to a hundredth of a second."""
    if sys.platform == "linux":
        fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
        return (int(fields[11]) + int(fields[12])) / _TICKS
    seconds = 0.0
    for part in _ps("time", pid).split(":"):
        seconds = seconds * 60 + float(part)
    return seconds


def resident_mb(pid: int) -> float:
    """Return its resident memory, in millions of bytes."""
    return int(_ps("rss", pid)) * 1024 / 1e6


def _ps(field: str, pid: int) -> str:
    words = ["ps", "-o", f"{field}=", "-p", str(pid)]
    return subprocess.run(words, capture_output=True, text=True, check=True).stdout.strip()
