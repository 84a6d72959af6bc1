"""The commit that this program was installed from, or is a checkout of."""

import json
import subprocess
from importlib.metadata import PackageNotFoundError, distribution
from pathlib import Path


def commit() -> str:
    """Return the beginning of its name; empty where it is not known."""
    root = Path(__file__).parents[1]
    if (root / ".git").exists():
        command = ["git", "-C", str(root), "rev-parse", "--short", "HEAD"]
        try:
            return subprocess.run(command, capture_output=True, text=True).stdout.strip()
        except OSError:
            return ""
    try:
        installed = json.loads(distribution("ccotel-tui").read_text("direct_url.json") or "{}")
    except (PackageNotFoundError, ValueError):
        return ""
    return str(installed.get("vcs_info", {}).get("commit_id", ""))[:7]
