"""The hand-over of ports that no recorder holds."""


class NoHandover:
    """Has nothing to do at any step."""

    def release(self) -> None:
        pass

    def take_back(self) -> None:
        pass

    def done(self) -> None:
        pass
