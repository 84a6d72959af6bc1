"""Printing: the only module that does, so that no hostile text reaches a terminal as commands."""

import json
import sys
from collections.abc import Iterable
from io import TextIOWrapper
from typing import Any, TextIO

import click

from ccotel_tui.panels.output import sanitize


class PlainStream:
    """A text stream that writes plain lines, whoever writes to it.

    It has no `buffer`, so there is no way around it.
    """

    def __init__(self, stream: TextIO) -> None:
        self._stream = stream

    def write(self, text: str | bytes) -> int:
        # Shell completion is written in bytes.
        lines = text.decode(errors="replace") if isinstance(text, bytes) else text
        self._stream.write(sanitize.in_lines(lines))
        return len(text)

    def writelines(self, texts: Iterable[str]) -> None:
        for text in texts:
            self.write(text)

    def __getattr__(self, name: str) -> Any:
        if name == "buffer":
            raise AttributeError(name)
        return getattr(self._stream, name)


def print_plainly() -> None:
    """Make stdout and stderr plain, also for libraries and tracebacks."""
    for name in ("stdout", "stderr"):
        # It is None where the descriptor is closed.
        if isinstance(stream := getattr(sys, name), TextIOWrapper):
            # Where the locale has no such letter; in JSON it is the same letter still.
            stream.reconfigure(errors="backslashreplace")
            setattr(sys, name, PlainStream(stream))


def say(line: str, err: bool = False, nl: bool = True) -> None:
    """Print the text as one line, which with `nl` ends."""
    click.echo(sanitize.in_one_line(line), err=err, nl=nl)


def say_lines(lines: Iterable[str]) -> None:
    """Print each text as one line, all at once: thousands would be flushed one by one."""
    click.echo("\n".join(map(sanitize.in_one_line, lines)))


def erase_line() -> None:
    """Erase the line that has not ended on stderr, a terminal, and begin it anew."""
    click.echo("\r\x1b[K", file=sys.__stderr__, nl=False)


def say_json(document: object) -> None:
    """Print the document as one line of JSON."""
    say_json_text(json.dumps(document, ensure_ascii=False, allow_nan=False))


def say_json_text(text: str) -> None:
    """Print JSON that is text already."""
    click.echo(sanitize.escaped(text))


def say_table(rows: Iterable[Iterable[object]]) -> None:
    """Print the rows as CSV, each in one line."""
    import csv

    csv.writer(sys.stdout).writerows(
        [sanitize.in_one_line(cell) if isinstance(cell, str) else cell for cell in row]
        for row in rows
    )
