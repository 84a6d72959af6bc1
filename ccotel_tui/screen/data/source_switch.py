"""The source that answers the dashboard; another one once the stack has started or stopped."""

from asyncio import to_thread
from collections.abc import Callable

from ccotel_tui.errors import BadDatabase
from ccotel_tui.query.source import Backend


class SourceSwitch:
    """The source that answers now."""

    def __init__(self, source: Backend, reopen: Callable[[], Backend] | None) -> None:
        """`reopen` opens the source that answers, where that may change."""
        self.source = source
        self.changes = reopen is not None
        self._reopen = reopen

    async def recheck(self) -> bool:
        """Find the source that answers now; return whether it is another one than before."""
        if self._reopen is None:
            return False
        other = await to_thread(self._other, self._reopen)
        if other is None:
            return False
        self.source = other
        return True

    def _other(self, reopen: Callable[[], Backend]) -> Backend | None:
        """Return the source that answers if it is another one than before."""
        try:
            source = reopen()
        except BadDatabase:
            # There is no other one: what answers now, or does not, says so itself.
            return None
        if source.name != self.source.name:
            return source
        source.close()
        return None
