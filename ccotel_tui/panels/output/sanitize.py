"""Text from outside, made safe for a terminal: nothing in it commands, turns round or hides.

Where the user wants it, no e-mail address is shown either.
"""

import re

LONGEST = 512
"""Characters that are shown of one string."""

_HIDDEN = (
    "\x7f-\x9f"  # DEL and C1, which some terminals take for commands as they do ESC
    "\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069"  # bidi
    "\u2028\u2029\ufff9-\ufffb\ud800-\udfff"  # lines, annotations, surrogates
    # What Unicode calls default ignorable: no width, or a blank.
    "\u00ad\u034f\u115f\u1160\u17b4\u17b5\u180b-\u180f\u200b-\u200d\u2060-\u206f\u3164"
    "\ufe00-\ufe0f\ufeff\uffa0\ufff0-\ufff8\U0001bca0-\U0001bca3\U0001d173-\U0001d17a"
    "\U000e0000-\U000e0fff"
)
_SEQUENCE = r"(?:\x1b\[|\x9b)[0-9;:?]*[A-Za-z]"  # a colour, or another command with numbers
_NOT_IN_A_LINE = f"{_SEQUENCE}|[\x00-\x1f{_HIDDEN}]"
_NOT_IN_LINES = f"\r(?!\n)|[\x00-\x09\x0b\x0c\x0e-\x1f{_HIDDEN}]"
"""Compiled, and kept by `re`, for the first text that may need it: that takes a millisecond."""

_EMAIL = r"(?<![\w.+-])[\w.+-]{1,64}@[\w.-]{1,255}"

_hashes_emails = False


def hash_emails(wanted: bool) -> None:
    """Show e-mail addresses as short hashes from now on, or as they are."""
    global _hashes_emails
    _hashes_emails = wanted


def without_emails(text: str) -> str:
    """The text with a hash in place of each e-mail address, where that is wanted."""
    if not _hashes_emails or "@" not in text:
        return text
    return re.sub(_EMAIL, _hashed, text)


def _hashed(email: re.Match[str]) -> str:
    from hashlib import sha256

    return f"user-{sha256(email[0].lower().encode()).hexdigest()[:8]}"


def sanitize(text: str, longest: int = LONGEST) -> str:
    """The text in one line without anything that a terminal would obey or hide."""
    cut = text[: longest + 1]
    cleaned = in_one_line(cut)
    return cleaned if len(cut) <= longest else cleaned[: longest - 1] + "…"


def in_one_line(text: str, instead: str = " ") -> str:
    """The whole text in one line, `instead` of what is not to be seen, colours' commands too."""
    text = without_emails(text)
    if text.isascii() and text.isprintable():
        return text
    return re.sub(_NOT_IN_A_LINE, instead, text)


def in_lines(text: str) -> str:
    """The same of text that may have several lines."""
    return re.sub(f"{_SEQUENCE}|{_NOT_IN_LINES}", " ", without_emails(text))


def escaped(json: str) -> str:
    r"""The same JSON, such characters as \uXXXX: they are the same to whoever parses it."""
    return re.sub(_NOT_IN_LINES, _escape, without_emails(json))


def _escape(match: re.Match[str]) -> str:
    units = match[0].encode("utf-16-be", "surrogatepass")
    return "".join(f"\\u{units[n : n + 2].hex()}" for n in range(0, len(units), 2))
