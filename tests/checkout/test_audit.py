"""Only a report that covers every package says that none is vulnerable."""

import json
import runpy
from pathlib import Path
from typing import Any

import pytest

SCRIPT = runpy.run_path(str(Path(__file__).parents[2] / ".ci" / "audit.py"))

SAFE = {"name": "click", "version": "8.5.1", "vulns": []}
SKIPPED = {"name": "docker", "skip_reason": "Dependency not found on PyPI"}
VULNERABLE = {
    "name": "urllib3",
    "version": "2.2.0",
    "vulns": [{"id": "PYSEC-2099-1", "fix_versions": ["2.2.1"]}],
}


@pytest.mark.parametrize(
    ("packages", "status"),
    [
        ([SAFE], 0),
        ([SAFE, SKIPPED], 3),
        ([SAFE, VULNERABLE], 1),
        ([SKIPPED, VULNERABLE], 1),
    ],
)
def test_the_exit_status(packages: list[dict[str, Any]], status: int) -> None:
    assert SCRIPT["verdict"](json.dumps({"dependencies": packages, "fixes": []})) == status


def test_a_service_out_of_reach_is_no_finding() -> None:
    assert SCRIPT["verdict"]("") == 3


def test_a_vulnerability_is_named_with_its_fix(capsys: pytest.CaptureFixture[str]) -> None:
    SCRIPT["verdict"](json.dumps({"dependencies": [VULNERABLE]}))
    assert capsys.readouterr().out == "urllib3 2.2.0 PYSEC-2099-1 fixed in: 2.2.1\n"
