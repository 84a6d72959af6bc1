"""What the dashboard reads and keeps in files of its user."""

from dataclasses import dataclass, field
from functools import partial
from pathlib import Path

from ccotel_tui.screen.data.files.choices import Choices
from ccotel_tui.screen.data.files.fired import FiredHistory
from ccotel_tui.settings import Settings


@dataclass(frozen=True)
class UserFiles:
    """Settings, of the file that `,` opens; the theme chosen last; what rules have told.

    Without a file of theirs, choices and history end with the dashboard.
    """

    settings: Settings = field(default_factory=Settings)
    settings_path: Path | None = None
    choices: Choices = field(default_factory=partial(Choices, None))
    history: FiredHistory = field(default_factory=partial(FiredHistory, None))
