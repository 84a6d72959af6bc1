"""Colours of series: apart from each other for colour-blind eyes too, on dark and on light."""

PALETTE = (
    (86, 180, 233),
    (230, 159, 0),
    (0, 158, 115),
    (204, 121, 167),
    (213, 94, 0),
    (240, 228, 66),
    (0, 114, 178),
)
"""Red, green and blue of the first series, the second and so on. Source: Okabe and Ito, 2008."""


def css(index: int) -> str:
    """The colour of the series with that index."""
    red, green, blue = PALETTE[index % len(PALETTE)]
    return f"rgb({red},{green},{blue})"
