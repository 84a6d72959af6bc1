"""Each view at the sizes of a pane, compared with how it looked when somebody read it."""

from collections.abc import Mapping
from pathlib import Path

import pytest

from ccotel_tui.store.database import Database
from tests.screen.tools.scenes import busy_day
from tests.screen.tools.tour import visited

GOLDENS = Path(__file__).parents[1] / "goldens"
SIZES = [
    (40, 12),
    pytest.param((60, 20), marks=pytest.mark.slow),
    (80, 24),
    (120, 40),
    pytest.param((200, 60), marks=pytest.mark.slow),
]
KOREAN_SIZES = [(40, 12), (80, 24)]
VIEWS = {
    "1": "529",
    "2": "Cost",
    "3": "Tool",
    "4": "API",
    "5": "Code",
    "6": "API",
    "e": "follow",
    "d": "total of",
    "=": "going on",
    "u": "3 of 4",
    "s": "cost",
    "session": "sonnet-5",
    "prompt": "requests",
}
KEYS = {"session": "enter", "prompt": "enter"}
"""Of those that are not named by their key: a session is marked, then its prompt."""

KOREAN_VIEWS = {
    "1": "529",
    "2": "모델별",
    "6": "API",
    "u": "준비됨",
    "s": "상태",
    "session": "소요",
}


def named(size: tuple[int, int]) -> str:
    return "x".join(map(str, size))


@pytest.mark.parametrize("size", SIZES, ids=named)
async def test_views_look_as_they_did(
    database: Database, tmp_path: Path, size: tuple[int, int], update_goldens: bool
) -> None:
    await compare(database, tmp_path, size, VIEWS, "", update_goldens)


@pytest.mark.usefixtures("korean")
@pytest.mark.parametrize("size", KOREAN_SIZES, ids=named)
async def test_views_look_as_they_did_in_korean(
    database: Database, tmp_path: Path, size: tuple[int, int], update_goldens: bool
) -> None:
    await compare(database, tmp_path, size, KOREAN_VIEWS, "-ko", update_goldens)


async def compare(
    database: Database,
    tmp_path: Path,
    size: tuple[int, int],
    views: Mapping[str, str],
    language: str,
    update_goldens: bool,
) -> None:
    """Press each view's key, wait for its text, and compare the screen with its golden."""
    busy_day(database)
    async with visited(tmp_path, size) as running:
        for key, text in views.items():
            await running.press(KEYS.get(key, key))
            await running.until(text)
            shown = await running.at_rest()
            golden = GOLDENS / f"view-{key}-{named(size)}{language}.txt"
            if update_goldens:
                golden.write_text(shown)
            assert shown == golden.read_text(), "make goldens, and read what changed"
