"""The lines of a page of text in a width."""

import pytest
from textual.content import Content

from ccotel_tui.screen.format.page import lines_in

UUID = "d1438814-b48a-454f-8931-cba58df759e1"


@pytest.mark.parametrize(
    ("text", "lines"),
    [
        ("as of  12:00", ["as of  12:00"]),
        ("exact  yes: all is counted", ["exact  yes: all is", "       counted"]),
        ("p  yes: all that came in", ["p  yes: all that", "   came in"]),
        ("   next: install it again", ["   next: install it", "   again"]),
        ("What it has cost so far", ["What it has cost so", "far"]),
        ("정확  모든 기록을 세었습니다", ["정확  모든 기록을", "      세었습니다"]),
        (f"session_id  {UUID}", ["session_id", f"  {UUID[:18]}", f"  {UUID[18:]}"]),
        ("a\n\nb\n", ["a", "", "b", ""]),
        (" " * 30, [""]),
    ],
)
def test_what_goes_on_stands_under_its_value(text: str, lines: list[str]) -> None:
    assert [line.plain.rstrip() for line in lines_in(Content(text), 20)] == lines


@pytest.mark.parametrize("width", [0, 1, 2, 3])
def test_a_pane_without_room_loses_nothing(width: int) -> None:
    lines = lines_in(Content(f"id  {UUID}\n  세션  web-shop"), width)
    shown = "".join(line.plain for line in lines).replace(" ", "")
    assert shown == f"id{UUID}세션web-shop"


def test_a_link_goes_on_in_the_next_line() -> None:
    linked = Content("opens  a page of its own").stylize("bold", 7)
    bold = [
        line[span.start : span.end].plain for line in lines_in(linked, 16) for span in line.spans
    ]
    assert [text.strip() for text in bold] == ["a page of", "its own"]
