"""Lines by plotext: nothing of a former drawing, nothing that is no number."""

from math import inf, nan

from hypothesis import given
from hypothesis import strategies as st

from ccotel_tui.screen.charts.cells import CellRow
from ccotel_tui.screen.charts.lines import Dots, dashes, draw_lines, stretches

SHARES = st.floats(0, 1) | st.sampled_from([nan, inf, -inf]) | st.none()


def text(
    *lines: tuple[str, list[tuple[float, float | None]]], columns: int, rows: int
) -> list[str]:
    drawn = tuple((role, tuple(stretches(points, columns, rows))) for role, points in lines)
    return ["".join(cell.text for cell in row) for row in draw_lines(drawn, columns, rows)]


def test_a_line_goes_from_corner_to_corner() -> None:
    points = [(n / 7, n / 7) for n in range(8)]
    assert text(("total", list(points)), columns=8, rows=2) == ["    ⢀⡠⠔⠊", "⣀⠤⠒⠉⠁   "]


def test_what_is_not_known_is_a_gap() -> None:
    points = [(0.0, 0.0), (0.3, None), (0.5, nan), (0.6, inf), (0.9, 0.0), (1.0, 0.0)]
    assert [len(dots) for dots in stretches(points, 10, 1)] == [1, 1]


@given(st.lists(st.tuples(st.floats(0, 1), SHARES)), st.integers(1, 30), st.integers(1, 12))
def test_any_points_fill_their_canvas_and_no_more(
    points: list[tuple[float, float | None]], columns: int, rows: int
) -> None:
    points.sort(key=lambda point: point[0])
    canvas = draw_lines((("total", tuple(stretches(points, columns, rows))),), columns, rows)
    assert [len(row) for row in canvas] == [columns] * rows
    roles = {cell.role for row in canvas for cell in row if cell.text != " "}
    assert roles <= {"total"}


def drawn(*lines: tuple[str, Dots], columns: int, rows: int) -> tuple[CellRow, ...]:
    """Drawn anew, whatever is kept."""
    draw_lines.cache_clear()
    return draw_lines(tuple((role, (dots,)) for role, dots in lines), columns, rows)


def test_a_drawing_holds_nothing_of_the_one_before() -> None:
    first = ("a", ((0, 0), (19, 7)))
    clean = drawn(first, columns=10, rows=2)
    drawn(("b", ((0, 7), (39, 0))), ("c", ((3, 3),)), columns=20, rows=5)
    assert drawn(first, columns=10, rows=2) == clean
    assert all(cell.text == " " for row in drawn(columns=10, rows=2) for cell in row)


def test_a_drawing_is_kept_until_its_dots_change() -> None:
    drawn(columns=10, rows=2)
    line = (("a", (((0, 0), (19, 7)),)),)
    assert draw_lines(line, 10, 2) is draw_lines(line, 10, 2)
    assert draw_lines(line, 10, 3) is not draw_lines(line, 10, 2)


def test_a_later_line_lies_over_an_earlier_one() -> None:
    [row] = drawn(("a", ((0, 0), (9, 0))), ("b", ((4, 3), (9, 3))), columns=5, rows=1)
    assert [cell.role for cell in row] == ["a", "a", "b", "b", "b"]


def test_a_quantile_is_a_dash_over_its_bucket() -> None:
    buckets = [(0.25, 0.5), (0.5, None), (0.75, 1.0), (1.0, nan)]
    assert list(dashes(buckets, 0.25, 8, 2)) == [((0, 4), (3, 4)), ((8, 7), (11, 7))]


def test_a_dash_of_less_than_a_column_has_one() -> None:
    assert list(dashes([(0.01, 0.0), (1.0, 0.0)], 0.01, 10, 1)) == [
        ((0, 0), (1, 0)),
        ((18, 0), (19, 0)),
    ]
