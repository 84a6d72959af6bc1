"""The lines of what holds other widgets and shows nothing of its own."""

from textual.containers import Container
from textual.geometry import Region
from textual.strip import Strip
from textual.widget import Widget


def blank_lines(holder: Widget, crop: Region) -> list[Strip]:
    """Return one line of the holder as often as it has lines; a class's `render_lines`.

    A page is mostly such holders behind one another: to draw each of their lines anew would take
    longer than to draw what is read.
    """
    return Widget.render_lines(holder, Region(crop.x, crop.y, crop.width, 1)) * crop.height


class Holder(Container):
    """A part of a page."""

    render_lines = blank_lines
