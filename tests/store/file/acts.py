"""What others do to a database that is open."""

import os
import shutil
from contextlib import closing
from pathlib import Path

from ccotel_tui.store.database import Database
from ccotel_tui.store.file.place import files
from tests.tools.otlp import request


def delete(path: Path) -> None:
    path.unlink()


def delete_all(path: Path) -> None:
    for file in files(path):
        Path(file).unlink()


def delete_log(path: Path) -> None:
    Path(files(path)[1]).unlink()


def delete_shared_memory(path: Path) -> None:
    Path(files(path)[2]).unlink()


def delete_folder(path: Path) -> None:
    shutil.rmtree(path.parent)


def move(path: Path) -> None:
    path.rename(path.with_name("elsewhere.db"))


def move_folder(path: Path) -> None:
    path.parent.rename(path.parent.with_name("elsewhere"))


def replace(path: Path) -> None:
    other = path.with_name("other.db")
    with closing(Database(other)) as database:
        database.append([request(32.0, sequence=32)])
    os.replace(other, path)
