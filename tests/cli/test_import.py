"""`stack import`: somebody's board among the stack's own."""

import json
from pathlib import Path

import pytest
from click.testing import CliRunner

from ccotel_tui.cli.stack import stack_group
from ccotel_tui.errors import UsageError
from ccotel_tui.local import locations

BOARD = {
    "title": "Team \x1b[2J board",
    "panels": [
        {
            "datasource": {"type": "prometheus", "uid": "x"},
            "targets": [
                {"expr": "sum(increase(claude_code_commit_count_total[1h]))"},
                {"expr": "up"},
                {"expr": "claude_quota_left"},
                {"datasource": {"type": "te\x1b[2Jmpo"}, "query": "{}"},
            ],
        }
    ],
}


@pytest.fixture
def theirs(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    (tmp_path / "grafana" / "boards").mkdir(parents=True)
    monkeypatch.setattr(locations, "stack_folder", lambda: tmp_path)
    path = tmp_path / "theirs.json"
    path.write_text(json.dumps(BOARD))
    return path


def test_it_stands_beside_the_others_and_says_what_is_not_answered(theirs: Path) -> None:
    done = CliRunner().invoke(stack_group, ["import", str(theirs)])
    path = Path(done.stdout.strip())
    assert path == theirs.parent / "grafana" / "boards" / "imported-team-2j-board.json"
    first, *_ = json.loads(path.read_text())["panels"][0]["targets"]
    assert first["datasource"]["uid"] == "ccotel-prometheus"
    assert done.stderr.splitlines() == [
        "Where the stack runs, Grafana has it within half a minute.",
        "1 of 4 queries were rewritten.",
        "Not answered by this stack: claude_quota_left (1)",
        "Not answered by this stack: a data source te mpo (1)",
    ]


def test_it_can_be_written_elsewhere(theirs: Path) -> None:
    done = CliRunner().invoke(stack_group, ["import", "-", "--output", "-"], theirs.read_text())
    assert json.loads(done.stdout)["title"] == BOARD["title"]
    assert [*(theirs.parent / "grafana" / "boards").iterdir()] == []


def test_a_folder_that_takes_nothing_is_said_with_the_way_out(theirs: Path) -> None:
    (theirs.parent / "grafana" / "boards").rmdir()
    done = CliRunner().invoke(stack_group, ["import", str(theirs)])
    assert isinstance(done.exception, UsageError)
    assert "cannot be written: No such file or directory. Write the board with --output" in str(
        done.exception
    )
