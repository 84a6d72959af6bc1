"""Text from telemetry, made safe to print: the one boundary that every such string crosses."""

import re

LONGEST = 512
"""Characters that are shown of one string."""

_UNPRINTABLE = re.compile(
    "[\x00-\x1f\x7f-\x9f"  # C0, DEL and C1: what a terminal takes for commands
    "\u00ad\u061c\u200b-\u200f\u2028-\u202e\u2060-\u206f\ufe00-\ufe0f\ufeff\ufff9-\ufffb"
    "\ud800-\udfff\U000e0000-\U000e0fff]"  # bidi, zero width, surrogates, tags
)


def plain(text: str, longest: int = LONGEST) -> str:
    """The text in one line without anything that a terminal would obey or hide."""
    cut = text[: longest + 1]
    cleaned = _UNPRINTABLE.sub(" ", cut)
    return cleaned if len(cut) <= longest else cleaned[: longest - 1] + "…"
