"""Headers for servers: from the command line, a private file or a prompt."""

import os
import shlex
import stat
import sys

import click

from ccotel_tui.errors import UsageError
from ccotel_tui.network.address import Headers, parse_header


class HeaderType(click.types.StringParamType):
    """A header as it is written; the environment variable has one on each line."""

    name = "header"
    envvar_list_splitter = "\n"


def headers(given: tuple[str, ...]) -> Headers:
    """Return the headers; `@FILE` has one on each line, `@-` prompts or reads stdin.

    Raises UsageError, whose text repeats nothing that may be secret.
    """
    return tuple(_header(line) for value in given for line in _lines(value) if line.strip())


def _lines(given: str) -> list[str]:
    if given == "@-":
        if sys.stdin.isatty():
            return [click.prompt("Header (NAME: VALUE; not shown)", hide_input=True, err=True)]
        return sys.stdin.read().splitlines()
    if given.startswith("@"):
        return _private_lines(given[1:])
    return [given]


def _private_lines(path: str) -> list[str]:
    try:
        with open(path, encoding="utf-8") as file:
            mode = os.fstat(file.fileno()).st_mode
            # A pipe, as of a shell's <(...), is nobody else's.
            if stat.S_ISREG(mode) and mode & 0o077:
                raise UsageError(
                    f"--header: {path} is open to other users: chmod 600 {shlex.quote(path)}, "
                    "and try again."
                )
            return file.read().splitlines()
    except OSError as error:
        raise UsageError(f"--header: {path} cannot be read: {error.strerror}.") from error
    except UnicodeDecodeError:
        raise UsageError(f"--header: {path} is not UTF-8 text.") from None


def _header(line: str) -> tuple[str, str]:
    try:
        return parse_header(line)
    except ValueError as error:
        raise UsageError(f"--header: {error}.") from None
