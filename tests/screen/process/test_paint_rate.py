"""How often Textual may paint: at its own rate a key waits behind an answer just painted."""

import os
import subprocess
import sys

PRINTED = "import ccotel_tui.screen, textual.constants as read; print(read.MAX_FPS)"


def paint_rate(**variables: str) -> int:
    environment = {name: value for name, value in os.environ.items() if name != "TEXTUAL_FPS"}
    command = [sys.executable, "-c", PRINTED]
    run = subprocess.run(command, env=environment | variables, capture_output=True, check=True)
    return int(run.stdout)


def test_a_key_is_painted_within_half_of_textuals_own_turn() -> None:
    assert paint_rate() > 2 * 60


def test_the_users_own_rate_holds() -> None:
    assert paint_rate(TEXTUAL_FPS="30") == 30
