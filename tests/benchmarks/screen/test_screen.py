"""The screen that the benchmarks read: what a terminal would show of the bytes."""

from benchmarks.screen.screen import Screen


def screen(*written: bytes) -> Screen:
    made = Screen(columns=10, rows=3)
    for data in written:
        made.feed(data)
    return made


def test_text_stands_where_the_cursor_was_moved_to() -> None:
    assert screen(b"\x1b[2;3Hab\x1b[1;1Hc").rows == ["c         ", "  ab      ", " " * 10]


def test_colours_modes_and_titles_show_nothing() -> None:
    written = screen(b"\x1b[?1049h\x1b[1;38;2;1;2;3m$1\x1b[0m\x1b]0;title\x07\x1b(B.25")
    assert written.rows[0] == "$1.25     "


def test_a_part_that_is_painted_again_replaces_only_itself() -> None:
    assert screen(b"$17.00 x", b"\x1b[1;3H8").shows("$18.00 x")


def test_an_escape_or_a_character_cut_in_two_waits_for_its_end() -> None:
    assert screen(b"\x1b[2", b";1Ha\xe2\x94", b"\x80b").rows[1] == "a─b       "


def test_a_wide_character_takes_two_cells() -> None:
    assert screen("조b".encode(), b"\x1b[1;3Hc").rows[0] == "조c       "


def test_erasing_and_the_line_below() -> None:
    assert screen(b"abc\r\nabc\x1b[1;2H\x1b[K").rows[:2] == ["a         ", "abc       "]
    assert screen(b"abc\x1b[2J").rows[0] == " " * 10


def test_what_is_longer_than_a_row_is_cut() -> None:
    assert screen(b"\x1b[1;9Habcdef").rows == [" " * 8 + "ab", " " * 10, " " * 10]
