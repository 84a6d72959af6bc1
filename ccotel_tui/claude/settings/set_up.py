"""What `setup` will change in a file, the change itself, and its taking back."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from ccotel_tui.claude.environment import Shell
from ccotel_tui.claude.settings.change import (
    SettingStep,
    changed,
    conflicts,
    diff_lines,
    set_up_steps,
    taken_back,
)
from ccotel_tui.claude.settings.file import FileBytes, read_file, replace_file
from ccotel_tui.claude.settings.setup_record import (
    ChangedFile,
    ChangedKind,
    read_record,
    write_record,
)
from ccotel_tui.claude.settings.shell_block import shell_file, with_block, without_block
from ccotel_tui.errors import BadSettings


@dataclass(frozen=True)
class Plan:
    """A file as it was read and as it will be, the lines of the difference, and conflicts."""

    kind: ChangedKind
    named: Path
    former: FileBytes
    after: bytes
    lines: tuple[str, ...]
    conflicts: tuple[SettingStep, ...] = ()

    @property
    def changes(self) -> bool:
        """True where the file is not as it should be yet."""
        return self.after != (self.former.content or b"")


def plan_settings(path: Path, variables: Mapping[str, str], status_command: str | None) -> Plan:
    """Return the change of the settings. Raises BadSettings, which names the file and line."""
    former = read_file(path)
    text = former.text
    try:
        steps = set_up_steps(text, variables, status_command)
        after = changed(text, steps)
    except BadSettings as error:
        raise BadSettings(f"{path}, {error}.") from None
    return Plan(
        "settings", path, former, after.encode(), tuple(diff_lines(steps)), tuple(conflicts(steps))
    )


def plan_shell(shell: Shell, lines: Sequence[str]) -> Plan:
    """Return the change of the file that the shell reads. Raises BadSettings."""
    path = shell_file(shell)
    former = read_file(path)
    after = with_block(former.text, lines)
    return Plan("shell", path, former, after.encode(), tuple(f"+ {line}" for line in lines))


def carry_out(plan: Plan, record_path: Path) -> None:
    """Change the file; how it was is kept first. Raises BadSettings, the file as it was."""
    record = read_record(record_path)
    before = plan.former.content
    if entry := record.of(plan.former.path):
        before = _given_back(entry, plan.former)[0] if before is not None else None
    changed_file = ChangedFile(plan.kind, plan.former.path, before, plan.after)
    write_record(record_path, record.with_file(changed_file))
    try:
        replace_file(plan.former, plan.after)
    except BadSettings:
        write_record(record_path, record)
        raise


@dataclass(frozen=True)
class Undo:
    """A file that is given back: `content` is what it will hold, None where it goes.

    `staying` are the names of what was changed since and stays.
    """

    entry: ChangedFile
    former: FileBytes
    content: bytes | None
    staying: tuple[str, ...] = ()

    @property
    def sentence(self) -> str:
        """Return what will happen."""
        path = self.entry.path
        if self.content == self.former.content:
            return f"{path}: nothing of it is there any more."
        if self.content is None:
            return f"{path}: goes; it was not there before."
        if self.former.content == self.entry.after:
            return f"{path}: byte for byte as it was."
        changed_since = (
            f"; changed since and kept: {', '.join(self.staying)}" if self.staying else ""
        )
        return f"{path}: changed since, so only what setup added goes{changed_since}."


def plan_undo(record_path: Path) -> list[Undo]:
    """Return how each file that was changed is given back. Raises BadSettings."""
    undos = []
    for entry in read_record(record_path).files:
        former = read_file(entry.path)
        content, staying = _given_back(entry, former)
        undos.append(Undo(entry, former, content, tuple(staying)))
    return undos


def give_back(undo: Undo, record_path: Path) -> None:
    """Write the file as it was. Raises BadSettings, the file as it is."""
    if undo.content != undo.former.content:
        replace_file(undo.former, undo.content)
    write_record(record_path, read_record(record_path).without(undo.entry.path))


def _given_back(entry: ChangedFile, now: FileBytes) -> tuple[bytes | None, list[str]]:
    if now.content is None or now.content == entry.before:
        return now.content, []
    if now.content == entry.after:
        return entry.before, []
    if entry.kind == "shell":
        return without_block(now.text).encode(), []
    try:
        before, after = ((each or b"").decode() for each in (entry.before, entry.after))
        text, staying = taken_back(now.text, before, after)
    except BadSettings as error:
        raise BadSettings(f"{entry.path}, {error}.") from None
    return text.encode(), staying
