"""`.ci/first_panel.py` sees the dashboard in each of its languages."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

from ccotel_tui.screen.strings import english, korean
from tests.documents.commands import ROOT

SCRIPT = ROOT / ".ci" / "first_panel.py"
PORTS = ["--otlp-grpc", "127.0.0.1:0", "--otlp-http", "127.0.0.1:0"]


@pytest.mark.parametrize("language", ["C.UTF-8", "ko_KR.UTF-8"])
@pytest.mark.parametrize("words", [["--demo"], PORTS], ids=["demo", "first day"])
def test_the_first_panel_is_seen(language: str, words: list[str], tmp_path: Path) -> None:
    home = {"HOME": str(tmp_path), "XDG_DATA_HOME": str(tmp_path / "data")}
    done = subprocess.run(
        [sys.executable, SCRIPT, sys.executable, "-m", "ccotel_tui", *words],
        env={**os.environ, **home, "LANG": language},
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
    )
    assert done.returncode == 0, done.stdout + done.stderr
    assert "first panel after" in done.stdout


def test_it_waits_for_words_of_the_screen() -> None:
    text = SCRIPT.read_text(encoding="utf-8")
    for strings in (english, korean):
        assert f'"{strings.SESSION}"' in text
        assert f'"{strings.FIRST_DAY.partition("}")[2].rstrip(".")}"' in text
