"""A bounded sample of what `make test-fuzz` does at length."""

from pathlib import Path

import pytest

from tests.recorder.campaigns.fuzz import SEEDS, run
from tests.screen.tools.running import dashboard
from tests.tools.sampling import mostly_slow


@pytest.mark.parametrize("seed", mostly_slow(SEEDS))
async def test_broken_requests_cost_their_neighbours_nothing(tmp_path: Path, seed: int) -> None:
    outcome = run(200, seed, tmp_path)
    assert outcome.good, outcome
    assert outcome.valid
    (tmp_path / f"fuzz-{seed}.db").rename(tmp_path / "telemetry.db")
    async with dashboard(tmp_path) as running:
        for key in ("1", "2", "3", "4", "5", "6", "s", "e", "equals_sign"):
            assert "Traceback" not in await running.press(key)
