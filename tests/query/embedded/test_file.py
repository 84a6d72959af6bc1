"""A source that is asked again reads the file that is at the path by then."""

from collections.abc import Callable, Iterator
from contextlib import closing
from datetime import UTC
from pathlib import Path

import pytest

from ccotel_tui.errors import SourceUnavailable
from ccotel_tui.query.embedded.backend import open_embedded
from ccotel_tui.query.measures import COST
from ccotel_tui.query.query import Query, Scope
from ccotel_tui.query.source import Backend
from ccotel_tui.query.window import HOUR, Window
from ccotel_tui.store.database import Database
from tests.store.file import acts
from tests.tools.otlp import T0, request

WINDOW = Window.between(T0 - HOUR, T0 + HOUR, UTC)


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "data" / "telemetry.db"


@pytest.fixture
def database(path: Path) -> Iterator[Database]:
    with closing(Database(path)) as database:
        yield database


@pytest.fixture
def backend(database: Database, path: Path) -> Iterator[Backend]:
    database.append([request(1.0)])
    with closing(open_embedded(path)) as backend:
        assert spent(backend) == 1.0
        yield backend


def version(backend: Backend) -> int:
    assert backend.changes
    return backend.changes.version()


def spent(backend: Backend) -> float:
    [answer] = backend.source.numbers([Query(COST)], WINDOW, Scope()).values()
    return sum(number or 0.0 for series in answer for _, number in series.points)


@pytest.mark.parametrize(
    ("act", "there"),
    [
        (acts.delete_all, 2.0),
        (acts.delete_log, 3.0),
        (acts.delete_folder, 2.0),
        (acts.move, 2.0),
        (acts.replace, 34.0),
    ],
)
def test_another_file_at_the_path_is_news_and_is_read(
    database: Database,
    backend: Backend,
    path: Path,
    act: Callable[[Path], None],
    there: float,
) -> None:
    before = version(backend)
    act(path)
    database.append([request(2.0, sequence=1)])
    assert version(backend) != before
    assert spent(backend) == there
    latest = version(backend)
    assert version(backend) == latest
    database.append([request(4.0, sequence=2)])
    assert version(backend) != latest
    assert spent(backend) == there + 4.0


def test_a_file_that_is_none_of_ours_is_told_and_one_that_is_read(
    database: Database, backend: Backend, path: Path
) -> None:
    acts.delete_all(path)
    path.write_bytes(b"somebody's notes " * 1000)
    assert version(backend) == version(backend)
    with pytest.raises(SourceUnavailable, match="cannot be read"):
        spent(backend)
    path.unlink()
    database.append([request(2.0, sequence=1)])
    assert spent(backend) == 2.0


def test_a_file_that_comes_later_is_read(tmp_path: Path) -> None:
    path = tmp_path / "telemetry.db"
    with closing(open_embedded(path)) as backend:
        before = version(backend)
        assert spent(backend) == 0.0
        with closing(Database(path)) as database:
            database.append([request(2.0)])
            assert version(backend) != before
            assert spent(backend) == 2.0
