"""Text that would command a terminal, turn round or hide, and what of it came through."""

import unicodedata

EVIL = (
    "\x1b]52;c;QUJD\x07\x1b[2J\x1b[31mRED\x1b[5n\x9b31m\x90q\x9c\r\n\t\x08\x00\x7f"
    "\u202eRTL\u2066\u200b\u200d\ufeff\u2028[bold]x[/nope] [@click=app.quit]y[/] 한글 👩‍💻 é"
)
"""As telemetry may hold it."""

WORD = EVIL.replace("\x00", "\x85")
"""The same where no NUL can be: in a file's name, a variable, an option."""

NO_UTF_8 = "\udcff\udc9b"
"""Bytes of a file's name that are no text, as Python has them."""

_BAD = frozenset({"Cc", "Cf", "Cs", "Zl", "Zp"})


def unseen(output: bytes) -> set[str]:
    """The characters in it that are none to be seen, but for the ends of lines.

    Raises UnicodeDecodeError for a byte that is no UTF-8: it may be C1.
    """
    text = output.decode().replace("\r\n", "\n").replace("\n", "")
    return {letter for letter in text if unicodedata.category(letter) in _BAD}
