"""The thread that writes, when several requests wait for it."""

import asyncio
import threading
from contextlib import closing
from pathlib import Path

from ccotel_tui.recorder.writer import Writer
from ccotel_tui.store.database import Database
from tests.recorder.running import WITHIN
from tests.store.reading import count
from tests.tools.otlp import event, request


async def test_what_cannot_be_kept_is_refused_to_its_sender_alone(database: Path) -> None:
    """All three are in one transaction, as they wait while the thread is busy."""
    busy, go_on = threading.Event(), threading.Event()

    def work(_: Database) -> bool:
        busy.set()
        return go_on.wait(WITHIN)

    impossible = event("api_request", at=2**70)
    with closing(Writer(Database(database))) as writer:
        working = asyncio.create_task(writer.do(work))
        assert await asyncio.to_thread(busy.wait, WITHIN)
        keeping = [
            asyncio.create_task(writer.keep([record]))
            for record in (request(1.0), impossible, request(2.0, sequence=1))
        ]
        await asyncio.sleep(0)
        go_on.set()
        assert await working
        assert [refused.records for refused in await asyncio.gather(*keeping)] == [0, 1, 0]
    assert count(database, "events") == 2
