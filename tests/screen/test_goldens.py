"""Each view at the sizes of a pane, compared with how it looked when somebody read it."""

from collections.abc import Mapping
from pathlib import Path

import pytest

from ccotel_tui.store.database import Database
from tests.screen.scenes import busy_day
from tests.screen.tour import visited

GOLDENS = Path(__file__).parent / "goldens"
SIZES = [(40, 12), (80, 24), (120, 40)]
VIEWS = {
    "1": "529",
    "2": "Cost",
    "3": "Tool",
    "4": "API",
    "5": "Code",
    "6": "API",
    "e": "follow",
    "s": "cost",
    "=": "going on",
    "u": "3 of 4",
}


KOREAN_VIEWS = {"1": "529", "2": "모델별", "6": "API", "u": "준비됨", "s": "상태", "enter": "소요"}


@pytest.mark.parametrize("size", SIZES, ids=lambda size: "x".join(map(str, size)))
async def test_views_look_as_they_did(
    database: Database, tmp_path: Path, size: tuple[int, int], update_goldens: bool
) -> None:
    await compare(database, tmp_path, size, VIEWS, "", update_goldens)


@pytest.mark.usefixtures("korean")
@pytest.mark.parametrize("size", SIZES[:2], ids=lambda size: "x".join(map(str, size)))
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
            await running.press(key)
            await running.until(text)
            shown = await running.at_rest()
            golden = GOLDENS / f"view-{key}-{size[0]}x{size[1]}{language}.txt"
            if update_goldens:
                golden.write_text(shown)
            assert shown == golden.read_text(), "make goldens, and read what changed"
