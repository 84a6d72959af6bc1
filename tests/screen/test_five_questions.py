"""Five questions of a person with a new pane, each answered within three keys at two sizes."""

from pathlib import Path

import pytest

from ccotel_tui.store.database import Database
from ccotel_tui.telemetry.conventions import API_REQUEST
from tests.screen.tools.running import NOW
from tests.screen.tools.scenes import MINUTE, MODELS, OLD, OTHER, busy_day, usual_days
from tests.screen.tools.tour import visited
from tests.tools.otlp import Plain, event

MOST_KEYS = 3
SLOW_MS = 25_000

QUESTIONS = {
    "which session waits": ([], "? acme-api-c4 waits: permission prompt"),
    "what today cost against the usual day": ([], "+26%"),
    "whose requests got slower": (["4", "c"], "haiku-4-5 25.0 s"),
    "what failed in the last prompt": (["1"], "Bash x"),
}
"""The keys, and what is on the screen then."""

TO_COPY = ["s", "y"]
"""Who waits is the first of the sessions, which is marked."""


@pytest.mark.parametrize("size", [(40, 12), (120, 40)], ids=["40x12", "120x40"])
async def test_five_questions_take_three_keys_each(
    database: Database, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, size: tuple[int, int]
) -> None:
    monkeypatch.delenv("TMUX", raising=False)
    busy_day(database)
    usual_days(database, (90.0, 60.0, 30.0))
    asked: dict[str, Plain] = {"model": MODELS[OLD], "cost_usd": 0.0, "duration_ms": SLOW_MS}
    database.append([event(API_REQUEST, NOW - MINUTE, OLD, **asked)])
    async with visited(tmp_path, size) as running:
        for keys, text in QUESTIONS.values():
            assert len(keys) <= MOST_KEYS
            if keys:
                await running.press(keys[0])
                await running.at_rest()
                await running.press(*keys[1:])
            await running.until(text)
        await running.press(TO_COPY[0])
        await running.at_rest()
        await running.press(TO_COPY[1])
        assert running.app.clipboard == OTHER
