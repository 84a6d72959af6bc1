"""What a terminal sends, of which nothing that is pasted is taken for a key."""

from collections.abc import Iterable

from textual._xterm_parser import XTermParser
from textual.message import Message

_BEGIN, _END = "\x1b[200~", "\x1b[201~"
_ESC = "\x1b"


class PasteParser(XTermParser):
    """Textual's parser, to which an ESC in a bracketed paste is no key.

    Textual takes it for the beginning of one, and the rest of the paste for keys: these would do
    what keys do, and 30 kB of them took half a minute.
    """

    def __init__(self, debug: bool = False) -> None:
        super().__init__(debug)
        self._pastes = False
        self._tail = ""
        """The end of what was typed so far, in which a paste may begin."""
        self._held = ""
        """The end of what was pasted so far, where the paste may end."""

    def feed(self, data: str) -> Iterable[Message]:
        if not data:
            yield from super().feed(data)
        while data:
            part, data = self._pasted(data) if self._pastes else self._typed(data)
            if part:
                yield from super().feed(part)

    def _typed(self, data: str) -> tuple[str, str]:
        """Return what is typed, up to the beginning of a paste, and the rest."""
        seen = self._tail + data
        begin = seen.find(_BEGIN)
        if begin < 0:
            self._tail = seen[1 - len(_BEGIN) :]
            return data, ""
        end = begin + len(_BEGIN) - len(self._tail)
        self._tail, self._pastes = "", True
        return data[:end], data[end:]

    def _pasted(self, data: str) -> tuple[str, str]:
        """Return what is pasted without its ESC, up to the end of the paste, and the rest."""
        data = self._held + data
        text, end, rest = data.partition(_END)
        self._pastes = not end
        sizes = range(len(_END) - 1, 0, -1)
        self._held = "" if end else next((_END[:n] for n in sizes if data.endswith(_END[:n])), "")
        return text.removesuffix(self._held).replace(_ESC, "") + end, rest
