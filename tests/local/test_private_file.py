"""Small files of one user: nobody else sees them, or that they are there."""

import stat
from pathlib import Path

from ccotel_tui.local.private_file import replace_private


def test_the_first_file_makes_a_folder_that_is_private_too(tmp_path: Path) -> None:
    file = tmp_path / "ccotel-tui" / "setup.json"
    for text in ("first", "second"):
        replace_private(file, text)
        assert file.read_text() == text
        assert stat.S_IMODE(file.stat().st_mode) == 0o600
    assert stat.S_IMODE(file.parent.stat().st_mode) == 0o700
    assert list(file.parent.iterdir()) == [file]
