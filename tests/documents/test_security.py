"""The threat model names tests that there are."""

import re
from pathlib import Path

ROOT = Path(__file__).parents[2]
TEXT = (ROOT / "docs" / "security.md").read_text(encoding="utf-8")
ROWS = [line for line in TEXT.splitlines() if "`tests/" in line]
NAMED = re.findall(r"`(tests/[\w/]+\.py)::(\w+)`", TEXT)


def test_each_test_of_the_threat_table_is_there() -> None:
    assert len(ROWS) > 20
    assert len(NAMED) == TEXT.count("`tests/")
    gone = [
        f"{file}::{name}"
        for file, name in NAMED
        if not re.search(rf"^(async )?def {name}\(", (ROOT / file).read_text("utf-8"), re.MULTILINE)
    ]
    assert gone == []


def test_each_row_says_who_what_what_stops_them_and_the_test() -> None:
    for row in ROWS:
        cells = [cell.strip() for cell in row.strip("|").split("|")]
        assert len(cells) == 4
        assert all(cells)
    [table] = re.findall(r"\| who \|.*?\n\n", TEXT, re.DOTALL)
    assert len(table.strip().splitlines()) - 2 == len(ROWS)


def test_security_md_leads_there() -> None:
    assert "(docs/security.md)" in (ROOT / "SECURITY.md").read_text(encoding="utf-8")
