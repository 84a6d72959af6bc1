"""Pictures of one terminal, one after the other, as a single SVG that needs no script."""

import re
from collections.abc import Sequence

SECONDS = 3
"""Of each picture."""

_WHOLE = re.compile(r"<svg([^>]*)>(.*)</svg>\s*", re.DOTALL)
_FONTS = re.compile(r"\s*@font-face \{.*?\}\n", re.DOTALL)

_STYLE = """\
<style>
.frame {{ visibility: hidden; animation: shown {length}s step-end infinite }}
.frame:first-of-type {{ visibility: visible }}
@keyframes shown {{ 0% {{ visibility: visible }} {share:.4f}% {{ visibility: hidden }} }}
@media (prefers-reduced-motion: reduce) {{ .frame {{ animation: none }} }}
</style>
"""


def moving(pictures: Sequence[str]) -> str:
    """Return the pictures, all of one size, as one that shows each in turn, for ever.

    Where nothing moves, the first one stays. The fonts are told once.
    """
    frames = []
    for place, picture in enumerate(pictures):
        whole = _WHOLE.fullmatch(picture.strip())
        assert whole is not None
        inside = whole[2] if place == 0 else _FONTS.sub("", whole[2])
        delay = f'style="animation-delay: {place * SECONDS}s"'
        frames.append(f'<g class="frame" {delay}>{inside}</g>\n')
        attributes = whole[1]
    style = _STYLE.format(length=SECONDS * len(pictures), share=100 / len(pictures))
    return f"<svg{attributes}>\n{style}{''.join(frames)}</svg>\n"
