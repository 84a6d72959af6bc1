"""Which sessions were in a folder, whatever others call theirs."""

import os
from pathlib import Path

import pytest

from ccotel_tui.query.status_line.facts import SessionStatus, StatusLines
from ccotel_tui.query.status_line.places import sessions_in
from tests.tools.otlp import T0


@pytest.mark.parametrize("folder", ["/a\0b", "\ud800", "/" + "x/" * 5000])
def test_a_folder_that_cannot_be_is_another(tmp_path: Path, folder: str) -> None:
    link = tmp_path / "link"
    os.symlink(tmp_path, link)
    lines = StatusLines({"odd": SessionStatus("odd", T0, folder=folder)})
    folders = {"there": str(link), "elsewhere": "/", "odder": folder}
    assert sessions_in(str(tmp_path), folders, lines) == ("there",)
