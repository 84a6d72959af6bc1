"""The overview says what its numbers of sessions count, without the help."""

from pathlib import Path

import pytest

from ccotel_tui.query.window import HOUR, MINUTE
from ccotel_tui.screen import strings
from ccotel_tui.store.database import Database
from tests.screen.tools.running import NOW, dashboard
from tests.screen.tools.scenes import busy_day
from tests.screen.tools.tour import visited
from tests.tools.otlp import request

WORDS = {
    "en": {
        (80, 24): ("sessions", "2  1 in 5 min"),
        (120, 40): ("active sessions", "2  1 in 5 min"),
        (40, 12): ("sessions  1 active in 5 min, 2 today",),
    },
    "ko": {
        (80, 24): ("활성 세션", "2  5분 내 1"),
        (40, 12): ("세션  최근 5분 활동 1, 오늘 2",),
    },
}


@pytest.mark.parametrize(
    ("language", "size"), [(language, size) for language in WORDS for size in WORDS[language]]
)
async def test_each_count_of_sessions_says_what_it_counts(
    language: str, size: tuple[int, int], database: Database, tmp_path: Path
) -> None:
    database.append([request(1.0, NOW - HOUR, "older", 1), request(1.0, NOW - MINUTE, "newer", 2)])
    strings.use(language)
    try:
        async with dashboard(tmp_path, size) as running:
            page = await running.at_rest()
    finally:
        strings.use("en")
    for words in WORDS[language][size]:
        assert words in page, page


@pytest.mark.parametrize(
    ("others", "heading"),
    [
        (5, "sessions  1 running, 1 waits, 8 in 24h"),
        (20, "sessions  1 running, 1 waits, 23 in 24h"),
        (120, "1 running, 1 waits, 123 in 24h ────────"),
    ],
)
async def test_the_counts_above_the_sessions_are_whole_in_a_narrow_pane(
    others: int, heading: str, database: Database, tmp_path: Path
) -> None:
    busy_day(database)
    database.append([request(1.0, NOW - MINUTE, f"s{n:03}", n) for n in range(others)])
    async with visited(tmp_path, (40, 12)) as running:
        await running.press("]", "s")
        await running.until("cost")
        assert (await running.at_rest()).splitlines()[1] == heading
