"""The dashboard."""

import os

# Textual paints so many times a second at most, and reads it when it is first imported. At its 60 a
# key that comes just after an answer was painted waits for up to two of these turns, 33 ms.
os.environ.setdefault("TEXTUAL_FPS", "240")
