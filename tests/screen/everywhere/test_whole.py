"""No text is cut and nothing lies over anything, in any view, at any size, in both languages.

Prompts alone may end early, at a word.
"""

from collections.abc import Iterator
from itertools import product
from pathlib import Path

import pytest

from ccotel_tui.screen import strings
from ccotel_tui.store.database import Database
from tests.screen.tools.scenes import busy_day
from tests.screen.tools.tour import tour, visited
from tests.screen.tools.whole import (
    cut_lines,
    cut_short,
    cut_words,
    overlaps,
    words_of_the_data,
    words_of_the_screen,
)

SIZES = [(40, 12), (60, 20), (80, 24), (120, 40), (200, 60)]
LANGUAGES = {"en": "english", "ko": "korean"}
QUICK = [("en", (80, 24)), ("ko", (40, 12))]
"""What `make test` walks: a tour takes half a minute."""

VARIANTS = [
    pytest.param(
        language,
        size,
        id=f"{language}-{size[0]}x{size[1]}",
        marks=() if (language, size) in QUICK else pytest.mark.slow,
    )
    for language, size in product(LANGUAGES, SIZES)
]
PROMPTS = ["로그인 테스트를 고쳐줘 fix the login test"]


@pytest.fixture
def english_after() -> Iterator[None]:
    yield
    strings.use("en")


@pytest.mark.usefixtures("english_after")
@pytest.mark.parametrize(("language", "size"), VARIANTS)
async def test_no_text_is_cut_in_any_view(
    database: Database, tmp_path: Path, language: str, size: tuple[int, int]
) -> None:
    strings.use(language)
    busy_day(database)
    known = words_of_the_screen(LANGUAGES[language]) | words_of_the_data(tmp_path)
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
