"""The source that answers the dashboard; another one once the stack has started or stopped."""

from asyncio import to_thread
from collections.abc import Callable

from ccotel_tui.errors import BadDatabase
from ccotel_tui.query.source import Backend


class SourceSwitch:
    """The source that answers now."""

    def __init__(
        self,
        backend: Backend,
        reopen: Callable[[], Backend] | None = None,
        label: str = "",
        note: str = "",
    ) -> None:
        """`reopen` opens the source that answers, where that may change.

        `label` is what the source is called where that is not its name, `note` what there is to
        say of it where nothing is wrong.
        """
        self.backend = backend
        self.note = note
        self._label = label
        self.changes = reopen is not None
        self._reopen = reopen

    @property
    def label(self) -> str:
        """What a person calls the source."""
        return self._label or self.backend.name

    async def recheck(self) -> bool:
        """Find the source that answers now; return whether it is another one than before."""
        if self._reopen is None:
            return False
        other = await to_thread(self._other, self._reopen)
        if other is None:
            return False
        self.backend = other
        return True

    def _other(self, reopen: Callable[[], Backend]) -> Backend | None:
        """Return the source that answers if it is another one than before."""
        try:
            other = reopen()
        except BadDatabase:
            # There is no other one: what answers now, or does not, says so itself.
            return None
        if other.name != self.backend.name:
            return other
        other.close()
        return None
