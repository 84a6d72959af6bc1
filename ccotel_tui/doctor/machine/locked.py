"""Who holds a database locked."""

import os
from contextlib import suppress
from pathlib import Path


def lock_holder(database: Path, recorder: int) -> int | None:
    """Return the process, other than the recorder, that may write; None where nothing tells.

    Linux tells in /proc/locks; the lock on writing is on the file beside the log.
    """
    inodes = set()
    for path in (database, database.with_name(f"{database.name}-shm")):
        with suppress(OSError):
            inodes.add(os.stat(path).st_ino)
    with suppress(OSError):
        for line in Path("/proc/locks").read_text().splitlines():
            words = line.split()
            pid, inode = int(words[-4]), int(words[-3].rpartition(":")[2])
            if "WRITE" in words and inode in inodes and pid > 0 and pid != recorder:
                return pid
    return None
