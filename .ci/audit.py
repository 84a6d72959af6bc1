#!/usr/bin/env python3
"""Looks for known vulnerabilities of the pinned versions, with pip-audit.

Exit status 0 none, 1 some, 3 not known: the service is out of reach or lacks the packages.
"""

import json
import subprocess
import sys
import tempfile
import venv
from pathlib import Path
from typing import Any

LOCK = Path(__file__).parents[1] / "requirements-dev.lock"

NONE, VULNERABLE, UNKNOWN = 0, 1, 3


def main() -> int:
    with tempfile.TemporaryDirectory() as directory:
        venv.create(directory, with_pip=True)
        programs = Path(directory, "bin")
        install = [str(programs / "pip"), "install", "--quiet", "pip-audit>=2.9,<3"]
        audit = [str(programs / "pip-audit"), "--progress-spinner", "off", "--format", "json"]
        audit += ["--require-hashes", "--disable-pip", "--requirement", str(LOCK)]
        if subprocess.run(install).returncode:
            return UNKNOWN
        return verdict(subprocess.run(audit, stdout=subprocess.PIPE, text=True).stdout)


def verdict(report: str) -> int:
    """The exit status for a report of pip-audit's, which has none where it could not ask."""
    unanswered: list[dict[str, Any]] = [{"skip_reason": "no answer"}]
    packages = json.loads(report)["dependencies"] if report else unanswered
    vulnerable = [package for package in packages if package.get("vulns")]
    for package in vulnerable:
        for vulnerability in package["vulns"]:
            fixed = " ".join(vulnerability["fix_versions"])
            print(package["name"], package["version"], vulnerability["id"], "fixed in:", fixed)
    if vulnerable:
        return VULNERABLE
    # A mirror may know no package: that none of them is reported says nothing then.
    return UNKNOWN if any("skip_reason" in package for package in packages) else NONE


if __name__ == "__main__":
    sys.exit(main())
