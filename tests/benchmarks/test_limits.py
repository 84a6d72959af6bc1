"""Each limit is a multiple of a counterpart, is used, and stands in docs/benchmarks.md."""

import re
from pathlib import Path

import pytest

from benchmarks.__main__ import GROUPS
from benchmarks.limits import LIMITS
from benchmarks.query.growth import LIMITED
from benchmarks.screen import bare
from ccotel_tui.screen.data.refresher import STORE_POLL_INTERVAL

ROOT = Path(__file__).parents[2]
PAGE = (ROOT / "docs" / "benchmarks.md").read_text(encoding="utf-8")
CODE = "\n".join(
    path.read_text(encoding="utf-8")
    for path in (ROOT / "benchmarks").rglob("*.py")
    if path.name != "limits.py"
)


def test_the_page_has_each_limit() -> None:
    rows = re.findall(r"^\| ([^|]+) \| [^|]+ \| ([\d.]+) \|", PAGE, re.MULTILINE)
    assert {name: float(limit) for name, limit in rows} == LIMITS


@pytest.mark.parametrize("group", GROUPS)
def test_the_page_has_each_group(group: str) -> None:
    assert f"\n## `{group}`" in PAGE


@pytest.mark.parametrize("limit", LIMITS)
def test_each_limit_is_used(limit: str) -> None:
    made = [f'"{command} of a month"' for command in LIMITED]
    made += [f'"ingest, {records} a request"' for records in (200, 20)]
    assert f'"{limit}"' in CODE or f'"{limit}"' in made


def test_the_bare_app_looks_as_often_as_the_dashboard() -> None:
    assert bare.POLL_INTERVAL == STORE_POLL_INTERVAL
