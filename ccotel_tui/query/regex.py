"""Text as a regular expression of the servers' kind (RE2)."""

import re


def quoted(text: str) -> str:
    """The expression that matches the text to the letter."""
    return re.sub(r"([\\.+*?()|\[\]{}^$])", r"\\\1", text)


def prefixed(text: str) -> str:
    """The expression that matches what begins with the text."""
    return quoted(text) + ".*"


def containing(text: str) -> str:
    """The expression that matches what has the text in it, in any case."""
    return f"(?i).*{quoted(text)}.*"
