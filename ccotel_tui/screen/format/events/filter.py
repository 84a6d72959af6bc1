"""A typed filter of events such as `tool:Bash ok:false timeout`. Pure."""

_NAMES = {
    "tool": "tool_name",
    "ok": "success",
    "event": "event_name",
    "session": "session_id",
    "status": "status_code",
    "prompt": "prompt_id",
}
"""Short names; any other is the attribute's own."""


def parse_filter(text: str) -> tuple[tuple[str, str], ...]:
    """Return attributes and the texts they must hold, of parts that are separated by blanks.

    A part without a colon may be in any attribute, whose name is empty here. A text keeps its
    case, which the source leaves out of account.
    """
    texts: list[tuple[str, str]] = []
    for part in text.split():
        name, colon, value = part.partition(":")
        if colon and name:
            plain = name.lower().replace(".", "_")
            texts.append((_NAMES.get(plain, plain), value))
        else:
            texts.append(("", part))
    return tuple(texts)
