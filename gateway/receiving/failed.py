"""How a check says no."""


class Failed(Exception):  # noqa: N818 - it ends one check, not the program
    """A check did not pass: why, in both languages, without a value of the data."""

    def __init__(self, zh: str, en: str) -> None:
        super().__init__(en)
        self.zh, self.en = zh, en
