"""The workbook's look in one place: fonts, colours, and the formats made of them."""

from typing import Any

FONT = "Microsoft YaHei"
INK, BLUE, GREY, WHITE = "#1F2933", "#1F4E79", "#6B7785", "#FFFFFF"
LINE, HAIR, PALE, TINT = "#C9D3DE", "#E3E9EF", "#F3F6FA", "#DCE7F2"

WITHHELD, MISSING = "＊", "—"
"""How a figure without a value is written, never as a number: ＊ withheld to protect, — missing."""


class Styles:
    """The formats of one workbook; asking twice for the same properties gives the same format."""

    def __init__(self, book: Any) -> None:
        self._book = book
        self._made: dict[tuple[tuple[str, object], ...], Any] = {}

    def get(self, **properties: object) -> Any:
        """The format with these XlsxWriter properties over the plain cell's."""
        chosen = {"font_name": FONT, "font_size": 10, "font_color": INK, "valign": "vcenter", **properties}
        key = tuple(sorted(chosen.items()))
        if key not in self._made:
            self._made[key] = self._book.add_format(chosen)
        return self._made[key]
