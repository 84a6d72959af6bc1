"""What is pasted is text, whatever it holds; what is typed before and after it are keys."""

from pathlib import Path

from hypothesis import given
from hypothesis import strategies as st
from textual import events
from textual.drivers import linux_driver

from ccotel_tui.screen.process import driver
from ccotel_tui.store.database import Database
from tests.screen.tools.terminal import terminal
from tests.tools.otlp import request

PIECES = st.sampled_from(["a", "q", "\x1b", "\x1b[A", "\x1b[20", "\x1b[201", "~", "[", "\n", "é"])
TEXTS = st.lists(PIECES, max_size=20).map("".join).filter(lambda text: "\x1b[201~" not in text)


def events_of(sent: str, chunk: int) -> list[tuple[str, str]]:
    parser = vars(linux_driver)["XTermParser"]()
    seen: list[tuple[str, str]] = []
    for at in range(0, len(sent), chunk):
        for event in parser.feed(sent[at : at + chunk]):
            if isinstance(event, events.Paste):
                seen.append(("paste", event.text))
            elif isinstance(event, events.Key):
                seen.append(("key", event.key))
    return seen


@given(TEXTS, st.integers(1, 40))
def test_a_paste_is_one_text_in_however_many_pieces_it_comes(text: str, chunk: int) -> None:
    assert driver.DRIVER
    seen = events_of(f"x\x1b[B\x1b[200~.{text}\x1b[201~y\x1b[200~z\x1b[201~", chunk)
    pasted = text.replace("\x1b", "")
    assert seen == [
        *(("key", "x"), ("key", "down"), ("paste", f".{pasted}")),
        *(("key", "y"), ("paste", "z")),
    ]


def test_no_key_of_a_paste_is_obeyed(database: Database, tmp_path: Path) -> None:
    database.append([request(1.25)])
    with terminal(tmp_path / "telemetry.db", 80, 24) as shown:
        shown.read_until("quit")
        # Keys would end the dashboard.
        shown.press("\x1b[200~pasted\x1b\x1bq\x1b[201~")
        shown.ask("e", "following")
        shown.press("q")
        assert shown.end() == 0
