"""The team: what was dear by user, then a user's sessions and their prompts."""

from ccotel_tui.query.usage.keys import KEYS, of_attribute
from ccotel_tui.screen.data.snapshot import Snapshot
from ccotel_tui.screen.views.usage import UsageView

_FIRST_KEYS = ("user", "project")
_OTHER_KEYS = tuple(key for key in KEYS if key not in _FIRST_KEYS)


class TeamView(UsageView):
    """Usage that begins by user; then come the project and what else tells who works together."""

    keys = _FIRST_KEYS + _OTHER_KEYS

    def show(self, snapshot: Snapshot) -> None:
        attributes = map(of_attribute, snapshot.team.attributes)
        self.keys = (*_FIRST_KEYS, *attributes, *_OTHER_KEYS)
        super().show(snapshot)
