"""Who answers the dashboard: another one, where the stack was started or stopped meanwhile."""

from asyncio import to_thread
from collections.abc import Callable

from ccotel_tui.query.source import Source


class Answering:
    """The source that answers now; one that did before may still be asked, and is closed last."""

    def __init__(self, source: Source, reopen: Callable[[], Source] | None) -> None:
        """`reopen` finds who answers, where that may change."""
        self.source = source
        self.changes = reopen is not None
        self._reopen = reopen
        self._former: list[Source] = []

    async def look(self) -> bool:
        """Look who answers now; whether that is another one than before."""
        if self._reopen is None:
            return False
        found = await to_thread(self._reopen)
        if found.name == self.source.name:
            found.close()
            return False
        self._former.append(self.source)
        self.source = found
        return True

    def close(self) -> None:
        for source in (self.source, *self._former):
            source.close()
