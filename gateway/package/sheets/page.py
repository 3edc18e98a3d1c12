"""Page setup: every sheet prints on A4 landscape, one page wide, its header on each page, its pages numbered."""

from typing import Any

from gateway.package.sheets.styles import FONT

A4 = 9
_FONT = f'&"{FONT},Regular"&8'


def set_page(sheet: Any, *, release: str, title: str, repeat: tuple[int, int] | None = None) -> None:
    """Sets up ``sheet`` for printing; ``repeat``: first and last header row."""
    sheet.set_landscape()
    sheet.set_paper(A4)
    sheet.set_margins(left=0.5, right=0.5, top=0.6, bottom=0.7)
    sheet.fit_to_pages(1, 0)
    sheet.center_horizontally()
    sheet.hide_gridlines(2)
    sheet.set_footer(
        f"&L{_FONT}{_plain(release)}&C{_FONT} 第 &P 页，共 &N 页 · Page &P of &N&R{_FONT}{_plain(title)}",
        {"margin": 0.3},
    )
    if repeat:
        sheet.repeat_rows(*repeat)


def _plain(text: str) -> str:
    """``text`` without the meaning that ``&`` has in a footer; a leading digit can't run into the font size."""
    return " " + text.replace("&", "&&")
