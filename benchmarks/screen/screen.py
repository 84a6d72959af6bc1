"""A terminal emulator: the rows of text that the bytes written to it show, without colours."""

import codecs
import re
import unicodedata

_PIECE = re.compile(
    r"\x1b\[(?P<parameters>[0-9:;<=>?]*)[ -/]*(?P<final>[@-~])"
    r"|\x1b[\]PX^_].*?(?:\x07|\x1b\\)"  # strings: titles, queries
    r"|\x1b[ -/]*[0-Z\\^-~]"
    r"|(?P<control>[\x00-\x1a\x1c-\x1f\x7f])"
    r"|(?P<text>[^\x00-\x1f\x7f]+)",
    re.DOTALL,
)


class Screen:
    """A grid of characters; it knows the escapes that move the cursor and erase."""

    def __init__(self, columns: int, rows: int) -> None:
        self._columns = columns
        self._grid = [[" "] * columns for _ in range(rows)]
        self._row = self._column = 0
        self._decoder = codecs.getincrementaldecoder("utf-8")("replace")
        self._rest = ""

    @property
    def rows(self) -> list[str]:
        return ["".join(row) for row in self._grid]

    def shows(self, text: str) -> bool:
        """Return whether the text stands in one of the rows."""
        return any(text in row for row in self.rows)

    def feed(self, data: bytes) -> None:
        """Take in what was written; an escape that is cut short waits for its end."""
        text = self._rest + self._decoder.decode(data)
        at = 0
        while piece := _PIECE.match(text, at):
            at = piece.end()
            self._take(piece)
        self._rest = text[at:]

    def _take(self, piece: "re.Match[str]") -> None:
        if (text := piece["text"]) is not None:
            self._write(text)
        elif (control := piece["control"]) is not None:
            self._control(control)
        elif (final := piece["final"]) is not None:
            self._sequence(final, piece["parameters"])

    def _write(self, text: str) -> None:
        cells = list(text) if text.isascii() else [cell for char in text for cell in _cells(char)]
        row = self._grid[self._row]
        fitting = cells[: max(0, self._columns - self._column)]
        row[self._column : self._column + len(fitting)] = fitting
        self._column += len(fitting)

    def _control(self, control: str) -> None:
        match control:
            case "\r":
                self._column = 0
            case "\n":
                self._move(self._row + 1, self._column)
            case "\b":
                self._move(self._row, self._column - 1)

    def _sequence(self, final: str, parameters: str) -> None:
        numbers = [int(part) if part.isdigit() else 0 for part in parameters.split(";")]
        first = numbers[0]
        match final:
            case "H" | "f":
                self._move(first - 1, (numbers[1] if len(numbers) > 1 else 1) - 1)
            case "A":
                self._move(self._row - max(1, first), self._column)
            case "B":
                self._move(self._row + max(1, first), self._column)
            case "C":
                self._move(self._row, self._column + max(1, first))
            case "D":
                self._move(self._row, self._column - max(1, first))
            case "G":
                self._move(self._row, first - 1)
            case "J" if first in (2, 3):
                self._grid = [[" "] * self._columns for _ in self._grid]
            case "K" if first == 0:
                row = self._grid[self._row]
                row[self._column :] = [" "] * (self._columns - self._column)

    def _move(self, row: int, column: int) -> None:
        self._row = min(max(row, 0), len(self._grid) - 1)
        self._column = min(max(column, 0), self._columns - 1)


def _cells(char: str) -> tuple[str, ...]:
    """The cells that a character takes; the second of a wide one is empty."""
    if unicodedata.combining(char):
        return ()
    return (char, "") if unicodedata.east_asian_width(char) in "WF" else (char,)
