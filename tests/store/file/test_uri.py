"""A file is found whatever it is called."""

import os
import sqlite3
from contextlib import closing
from pathlib import Path

import pytest

from ccotel_tui.store.file.uri import sqlite_uri


@pytest.mark.parametrize(
    "name", ["a.db", "50% ?mode=ro#x&y.db", "한글 + ~.db", os.fsdecode(b"\xff.db")]
)
@pytest.mark.parametrize("relative", [False, True])
def test_the_uri_names_the_file(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, name: str, relative: bool
) -> None:
    if name.startswith("\udcff") and os.uname().sysname == "Darwin":
        pytest.skip("macOS has no such names")
    monkeypatch.chdir(tmp_path)
    file = Path(name) if relative else tmp_path / name
    with closing(sqlite3.connect(sqlite_uri(file, "rwc"), uri=True)) as connection:
        connection.execute("CREATE TABLE t (x)")
    assert os.listdir(tmp_path) == [name]
    assert sqlite_uri(file, "ro") == sqlite_uri(str(file), "ro")
