"""Sentences that come from elsewhere: English as they come, Korean by their keys."""

import ast
import copy
from collections.abc import Iterator
from pathlib import Path

import pytest

import ccotel_tui
from ccotel_tui.query.window import HOUR, MINUTE, SECOND
from ccotel_tui.recorder import health
from ccotel_tui.screen import strings
from ccotel_tui.screen.strings import korean
from ccotel_tui.sentences import Sentence
from ccotel_tui.store.database import Database
from ccotel_tui.store.file.faults import STORE_FAULTS
from ccotel_tui.telemetry.ahead import Ahead
from tests.otlp import event
from tests.screen.running import NOW, dashboard
from tests.screen.test_korean import HANGUL, fields

ROOT = Path(ccotel_tui.__file__).parent


def constant_keys() -> Iterator[str]:
    """Yield the keys of the sentences in the code."""
    for path in ROOT.rglob("*.py"):
        for node in ast.walk(ast.parse(path.read_text())):
            match node:
                case ast.Call(
                    func=ast.Name(id="Sentence"), args=[ast.Constant(value=str(key)), *_]
                ):
                    yield key


def test_korean_has_each_of_them() -> None:
    made = {*health._REASONS, *(f"deleted_{kind}" for kind in health._DELETED)}
    made |= {f"store_{reason}" for reason in STORE_FAULTS}
    made |= {f"fault_{reason}" for reason in health._REASONS}
    assert korean.SENTENCES.keys() == {*constant_keys(), *made}
    assert all(map(HANGUL.search, korean.SENTENCES.values()))


def test_a_source_says_nothing_that_korean_has_not() -> None:
    """Why a source fails has a key, but what is told to nobody: the reader is elsewhere by then."""
    plain = {
        ast.unparse(error.args[0])
        for path in (ROOT / "query").rglob("*.py")
        for error in ast.walk(ast.parse(path.read_text()))
        if isinstance(error, ast.Call)
        and getattr(error.func, "id", "") in ("SourceUnavailable", "NotSearched")
        and isinstance(error.args[0], ast.Constant | ast.JoinedStr)
    }
    assert plain == {"'The reader has moved on.'", "'The reader has gone.'"}


def test_english_is_as_it_came_and_a_copy_is_the_text() -> None:
    inner = Sentence("events", "events")
    sentence = Sentence("dropped_by_collector", "{count:,} {records}", count=1000, records=inner)
    assert sentence == strings.translated(sentence) == "1,000 events"
    assert copy.deepcopy(sentence) == "1,000 events"
    assert strings.translated("text") == "text"


@pytest.mark.usefixtures("korean")
def test_the_values_are_put_into_the_korean_form() -> None:
    ahead = Ahead(3, NOW + HOUR).sentence(NOW)
    assert isinstance(ahead, Sentence)
    assert strings.translated(ahead) == korean.SENTENCES["ahead"].format(records=3, length="1 h")
    whole = Sentence("clock_wrong", "{ahead}: wrong", ahead=ahead)
    assert "3 records" not in strings.translated(whole)
    assert strings.translated(Sentence("unheard", "{n} things", n=1)) == "1 things"
    assert fields(korean.SENTENCES["ahead"]) == set(ahead.values)


@pytest.mark.usefixtures("korean")
async def test_what_an_answer_notes_is_korean_on_the_screen(
    database: Database, tmp_path: Path
) -> None:
    model = "claude-opus-4-8"
    database.append([event("api_request", NOW - MINUTE, model=model)])
    database.append([event("api_request", NOW - SECOND, cost_usd=1.5, model=model)])
    async with dashboard(tmp_path) as running:
        await running.press("2", "i")
        shown = await running.until(strings.INFO["notes"])
        assert "told no cost" not in shown
        note = korean.SENTENCES["without_cost"].format(requests=2, missing=1)
        assert note.split()[0] in shown
