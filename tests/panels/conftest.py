from collections.abc import Iterator

import pytest

from tests.panels.recordings import Recorded, copies, moved, sent


@pytest.fixture(scope="session")
def recorded(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Recorded]:
    """The real servers with the recorded sessions on them, and their older copies."""
    lines, newest_ns = moved()
    with sent([*copies(lines), *lines], newest_ns, tmp_path_factory.mktemp("stack")) as recorded:
        yield recorded
