"""Files as Claude Code keeps of its running sessions."""

import json
from pathlib import Path


def register(folder: Path, pid: int, session: str, status: str, **more: object) -> None:
    """A process that began at "7"."""
    folder.mkdir(exist_ok=True)
    body = {
        "pid": pid,
        "procStart": "7",
        "sessionId": session,
        "cwd": "/Users/dev/work/acme-api",
        "name": "acme-api-c4",
        "status": status,
        "updatedAt": 1_795_501_503_835,
        **more,
    }
    (folder / f"{pid}.json").write_text(json.dumps(body))
