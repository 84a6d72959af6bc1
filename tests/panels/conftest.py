from collections.abc import Iterator

import pytest

from tests.panels.recordings import Recorded, moved, running


@pytest.fixture(scope="session")
def recorded(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Recorded]:
    """The real servers with the recorded sessions on them."""
    lines, newest_ns = moved()
    with running(tmp_path_factory.mktemp("stack"), lines, newest_ns) as recorded:
        yield recorded
