"""Where the servers' binaries are kept, and finding one."""

import os
import re
from pathlib import Path

CACHE = Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache") / "ccotel-tui" / "servers"


def find(name: str) -> Path | None:
    """The newest binary of that name: CCOTEL_TEST_<NAME> if set, else the cache's, else None."""
    variable = "CCOTEL_TEST_" + name.upper().replace("-", "_")
    if named := os.environ.get(variable):
        return Path(named)
    found = [path for path in CACHE.glob(f"{name}-[0-9]*") if os.access(path, os.X_OK)]
    return max(found, key=version, default=None)


def version(path: Path) -> list[int]:
    """The numbers of a binary's file name, for ordering."""
    return [int(number) for number in re.findall(r"\d+", path.name)]
