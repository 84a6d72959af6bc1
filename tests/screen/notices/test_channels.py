"""Ways to reach who does not look, on a terminal and in a real tmux."""

import os
from collections.abc import Iterator
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest

from ccotel_tui.screen.notices.channels import Channels
from tests.screen.tools.terminal import command_terminal
from tests.tools.tmux import Tmux, tmux_server

BOTH = ("bell", "desktop")


@pytest.fixture
def tmux(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Tmux]:
    with tmux_server(tmp_path, monkeypatch) as run:
        yield run


@pytest.mark.parametrize(
    ("ways", "written"),
    [
        ((), ""),
        (("bell",), "\a"),
        (("desktop",), "\x1b]9;us: a rule\a"),
        (BOTH, "\a\x1b]9;us: a rule\a"),
    ],
)
def test_only_the_ways_that_are_switched_on_tell(ways: tuple[str, ...], written: str) -> None:
    out: list[str] = []
    Channels(out.append, ways, {}, "us").notify("a rule")
    assert "".join(out) == written


def test_the_title_is_set_once_and_given_back() -> None:
    out: list[str] = []
    channels = Channels(out.append, (), {}, "us")
    for text in ("", "a", "a", "b", "", ""):
        channels.show_title(text)
    assert out == ["\x1b[22;2t\x1b]2;a - us\a", "\x1b]2;b - us\a", "\x1b[23;2t"]


def test_nothing_in_a_text_is_obeyed_by_the_terminal() -> None:
    out: list[str] = []
    channels = Channels(out.append, ("desktop",), {}, "us")
    channels.notify("a\x1b]0;b\a\x9c\n" + "c" * 500)
    channels.show_title("a\x1b\\b\a")
    for text in out:
        body = text.removeprefix("\x1b[22;2t").removeprefix("\x1b]").removesuffix("\a")
        assert body.isprintable()
        assert len(body) < 140


def test_in_tmux_it_is_a_message_and_runs_nothing(tmux: Tmux) -> None:
    # A message is cut: the path is to be short wherever tests have their folders.
    folder, out = TemporaryDirectory(), list[str]()
    ran = Path(folder.name) / "r"
    pane = tmux("list-panes", "-a", "-F", "#{pane_id}").splitlines()[0]
    socket = os.environ["TMUX"].split(",")[0]
    attach = ["env", "-u", "TMUX", "tmux", "-S", socket, "attach", "-t", "my work"]
    with command_terminal(attach, 120, 24, {"TERM": "xterm"}) as shown:
        shown.read_until("[my work]")
        text = f"50% #S #(touch {ran}) #{{pane_id}} %H"
        channels = Channels(out.append, BOTH, {**os.environ, "TMUX_PANE": pane}, "us")
        channels.notify(text)
        shown.read_until(f"us: {text}")
    assert out == ["\a"]
    assert not ran.exists()
    folder.cleanup()


def test_a_tmux_that_is_gone_changes_nothing(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    out: list[str] = []
    monkeypatch.setenv("TMUX", f"{tmp_path}/nobody,1,0")
    Channels(out.append, ("desktop",), os.environ, "us").notify("a rule")
    monkeypatch.setenv("PATH", str(tmp_path))
    Channels(out.append, ("desktop",), os.environ, "us").notify("a rule")
    assert out == []
