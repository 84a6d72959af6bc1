from collections.abc import Iterator

import pytest

from ccotel_tui.query.stack_source import StackSource
from ccotel_tui.record import replay
from tests.panels.recordings import Recorded, copies, moved
from tests.servers.servers import Stack


@pytest.fixture(scope="session")
def recorded(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Recorded]:
    """The real servers with the recorded sessions on them."""
    with Stack(tmp_path_factory.mktemp("stack")) as stack:
        if stack.loki is None:
            pytest.skip("no Loki on this machine, and these queries have no recorded answers")
        lines, newest_ns = moved()
        lines = [*copies(lines), *lines]
        replay.send(lines, stack.collector.grpc)
        stack.settle()
        source = StackSource(stack.prometheus.url, stack.loki.url)
        yield Recorded(stack, source, lines, newest_ns)
        source.close()
