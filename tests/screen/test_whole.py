"""No text is cut and nothing lies over anything, in any view, at any size, in both languages.

Prompts alone may end early, at a word.
"""

from collections.abc import Iterator
from pathlib import Path

import pytest

from ccotel_tui.screen import strings
from ccotel_tui.store.database import Database
from tests.screen.scenes import busy_day
from tests.screen.tour import tour, visited
from tests.screen.whole import (
    cut_lines,
    cut_short,
    cut_words,
    overlaps,
    words_of_the_data,
    words_of_the_screen,
)

SIZES = [(40, 12), (60, 20), (80, 24), (120, 40), (200, 60)]
PROMPTS = ["로그인 테스트를 고쳐줘 fix the login test"]


@pytest.fixture(params=[("en", "english"), ("ko", "korean")], ids=["en", "ko"])
def language(request: pytest.FixtureRequest) -> Iterator[str]:
    """The table in use."""
    short, table = request.param
    strings.use(short)
    yield table
    strings.use("en")


@pytest.mark.parametrize("size", SIZES, ids=lambda size: "x".join(map(str, size)))
async def test_no_text_is_cut_in_any_view(
    database: Database, tmp_path: Path, size: tuple[int, int], language: str
) -> None:
    busy_day(database)
    known = words_of_the_screen(language) | words_of_the_data(tmp_path)
    faults: dict[str, str] = {}
    async with visited(tmp_path, size) as running:
        async for where in tour(running):
            shown, screen = running.screen, running.app.screen
            for fault in (
                *(f"the word {word}" for word in cut_words(shown, known)),
                *cut_short(shown, PROMPTS),
                *cut_lines(screen),
                *overlaps(screen),
            ):
                faults.setdefault(fault, f"{where}\n{shown}")
    told = [f"{fault} in {where.splitlines()[0]}" for fault, where in faults.items()]
    assert not faults, "\n".join([*told, *faults.values()])
