"""Moments asked of a source, beside which no session runs."""

from pathlib import Path

from ccotel_tui.claude.session_registry import SessionRegistry
from ccotel_tui.query.query import Scope
from ccotel_tui.query.rules.reading import RuleReader
from ccotel_tui.query.rules.thresholds import Thresholds
from ccotel_tui.screen.data.snapshot_reader import SnapshotReader
from tests.screen.tools.running import SEOUL


def snapshot_reader(tmp_path: Path) -> SnapshotReader:
    """Return a reader that no rule of anybody's settings changes."""
    registry = SessionRegistry(tmp_path / "nobody")
    return SnapshotReader(registry, RuleReader(Thresholds(), Scope()), SEOUL, list)
