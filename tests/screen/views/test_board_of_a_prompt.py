"""`g` from one session or one prompt: its board, over its own time."""

from dataclasses import replace
from pathlib import Path
from urllib.parse import parse_qs, urlsplit

import pytest

from ccotel_tui.query.window import MILLISECOND, MINUTE, SECOND
from ccotel_tui.screen import strings
from ccotel_tui.store.database import Database
from tests.screen.tools.running import NOW, dashboard
from tests.tools.browser import Browser
from tests.tools.otlp import event, request

AT = NOW - 5 * MINUTE


@pytest.fixture
def prompts(database: Database) -> Database:
    """One session of two prompts, ten seconds apart."""
    records = [
        replace(each, attributes={**each.attributes, "prompt.id": prompt})
        for number, prompt in enumerate(("p1", "p2"))
        for each in (
            event("user_prompt", AT + 10 * number * SECOND, "bbbb2222"),
            request(2.0, AT + (10 * number + 3) * SECOND, "bbbb2222", number),
        )
    ]
    database.append(records)
    return database


def asked(address: str) -> tuple[str, dict[str, str]]:
    parts = urlsplit(address)
    return parts.path, {name: values[0] for name, values in parse_qs(parts.query).items()}


def milliseconds(time_ns: int) -> str:
    return str(time_ns // MILLISECOND)


async def test_a_session_s_board_and_a_prompt_s_events(
    prompts: Database, tmp_path: Path, browser: Browser
) -> None:
    async with dashboard(tmp_path) as running:
        await running.press("d", "b", "b")
        await running.until(f"{strings.DEAR}  {strings.DEAR_BY.format(key='session')}")
        await running.press("enter")
        await running.until(f"› {strings.DEAR_BY.format(key='prompt')}")
        await running.press("enter")
        await running.until(strings.REQUEST)
        await running.press("g")
        await running.until("A browser opens")
        path, words = asked(browser.address())
        assert path == "/d/ccotel-events"
        began_ns = int(words["from"]) * MILLISECOND + SECOND
        assert began_ns in (AT, AT + 10 * SECOND)
        assert words == {
            "from": milliseconds(began_ns - SECOND),
            "to": milliseconds(began_ns + 4 * SECOND),
            "var-session": "bbbb2222",
            "var-filter_key": "prompt_id",
            "var-filter_value": "p1" if began_ns == AT else "p2",
        }


async def test_a_session_s_board_is_about_its_life(
    prompts: Database, tmp_path: Path, browser: Browser
) -> None:
    async with dashboard(tmp_path) as running:
        await running.press("s")
        await running.until("bbbb2222")
        await running.press("enter")
        await running.until("$4.00")
        await running.press("g")
        await running.until("A browser opens")
        assert asked(browser.address()) == (
            "/d/ccotel-home",
            {
                "from": milliseconds(AT - SECOND),
                "to": milliseconds(AT + 14 * SECOND),
                "var-session": "bbbb2222",
            },
        )
