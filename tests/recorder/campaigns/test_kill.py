"""A few rounds of what `make test-kill` does at length."""

from pathlib import Path

from tests.recorder.campaigns.kill import run


def test_nothing_acknowledged_is_lost_or_doubled_by_a_kill(tmp_path: Path) -> None:
    result = run(8, tmp_path)
    assert (result.lost, result.doubled) == (0, 0), result
    assert result.acknowledged
    assert result.again
