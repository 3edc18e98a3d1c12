"""封面: whose release this is, how to read it, and where everything stands."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from gateway.model.table import Wording
from gateway.package.sheets.page import set_page
from gateway.package.sheets.styles import BLUE, GREY, LINE, MISSING, PALE, TINT, WHITE, WITHHELD, Styles
from gateway.package.sheets.text import bilingual, height, merge, write

NAME = "封面"
_WIDTHS = (2, 36, 36, 46, 13, 11, 16)
_LAST = len(_WIDTHS) - 1


@dataclass(frozen=True, slots=True, kw_only=True)
class Contact:
    """Who answers questions: a role, and how to reach it as the agreement names it."""

    role: Wording
    reach: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Cover:
    """What the cover says of a release. ``clause`` is the clause under which it is sent."""

    title: Wording
    release: str
    agreement: Wording
    clause: str
    sender: Wording
    recipient: Wording
    contacts: tuple[Contact, ...]
    due: str | None = None
    supersedes: str | None = None
    reason: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    """One line of the contents: a sheet, the CSV with the same content, its data rows, its clause."""

    sheet: str
    title: Wording
    entry: str
    rows: int | None
    clause: str


SYMBOLS = (
    (
        WITHHELD,
        Wording(zh="为保护个人和企业不予公布；不是零，也不是缺失", en="withheld to protect persons and businesses"),
    ),
    (MISSING, Wording(zh="缺失：没有数据，或无法计算", en="missing: no data, or it can't be computed")),
    ("0", Wording(zh="零：统计结果为零", en="zero: the figure is zero")),
    ("合计", Wording(zh="加粗的行是合计，下属分组逐级缩进", en="totals are bold; their parts are indented by level")),
    (
        "未列出",
        Wording(
            zh="表中未列出的分组，各项计数均为零；取整的表见其说明",
            en="groups that are not listed are zero in all counts; of rounded tables see their note",
        ),
    ),
)
"""How to read the figures; each table's head repeats the first three."""


def add_cover(sheet: Any, cover: Cover, period: Wording, contents: Sequence[Line], styles: Styles) -> None:
    """Fills the cover sheet."""
    set_page(sheet, release=cover.release, title=cover.title.zh)
    sheet.fit_to_pages(1, 1)
    for column, size in enumerate(_WIDTHS):
        sheet.set_column(column, column, size, styles.get())
    row = _banner(sheet, cover, period, styles)
    row = _facts(sheet, row + 1, cover, period, styles)
    row = _reading(sheet, row + 1, styles)
    row = _contents(sheet, row + 1, contents, styles)
    merge(
        sheet,
        row + 1,
        1,
        _LAST,
        "本文件按协议约定保密使用，不得向第三方提供。Confidential under the agreement; not to be passed on.",
        styles,
        font_size=9,
        font_color=GREY,
    )


def _banner(sheet: Any, cover: Cover, period: Wording, styles: Styles) -> int:
    heights = {0: 16, 1: 44, 2: 24, 3: 30, 4: 10}
    for row, points in heights.items():
        sheet.set_row(row, points)
    for row, text, size, bold in (
        (0, "", 10, False),
        (1, cover.title.zh, 26, True),
        (2, cover.title.en, 13, False),
        (3, f"{period.zh}　{period.en}", 15, True),
        (4, "", 10, False),
    ):
        look = {"font_size": size, "bold": bold, "font_color": WHITE, "bg_color": BLUE, "indent": 1}
        merge(sheet, row, 0, _LAST, text, styles, **look)
    return 5


def _facts(sheet: Any, row: int, cover: Cover, period: Wording, styles: Styles) -> int:
    facts = [
        ("批次号 Release", cover.release),
        ("统计时期 Reference period", f"{period.zh}　{period.en}"),
        ("协议 Agreement", f"{cover.agreement.zh}　{cover.agreement.en}"),
        ("依据条款 Clause", cover.clause),
        ("报送单位 Sender", f"{cover.sender.zh}　{cover.sender.en}"),
        ("接收单位 Recipient", f"{cover.recipient.zh}　{cover.recipient.en}"),
        ("应报期限 Due", cover.due),
        ("替代批次 Supersedes", cover.supersedes),
        ("补报或更正原因 Reason", cover.reason),
        *((f"{contact.role.zh} {contact.role.en}", contact.reach) for contact in cover.contacts),
    ]
    _heading(sheet, row, "批次信息", "Release", styles)
    for label, value in facts:
        if value is None:
            continue
        row += 1
        sheet.set_row(row, max(20, height(value, sum(_WIDTHS[2:])), height(label, _WIDTHS[1], 9)))
        look = {"bottom": 1, "bottom_color": LINE, "text_wrap": True}
        write(sheet, row, 1, label, styles, font_size=9, font_color=GREY, **look)
        merge(sheet, row, 2, _LAST, value, styles, **look)
    return row + 1


def _reading(sheet: Any, row: int, styles: Styles) -> int:
    _heading(sheet, row, "如何阅读", "How to read", styles)
    for symbol, wording in SYMBOLS:
        row += 1
        sheet.set_row(row, 20)
        look = {"bottom": 1, "bottom_color": LINE}
        write(sheet, row, 1, symbol, styles, bold=True, align="center", font_size=11, bg_color=PALE, **look)
        merge(sheet, row, 2, _LAST, f"{wording.zh}　{wording.en}", styles, indent=1, **look)
    return row + 1


def _contents(sheet: Any, row: int, contents: Sequence[Line], styles: Styles) -> int:
    _heading(sheet, row, "目录", "Contents", styles)
    row += 1
    sheet.set_row(row, 20)
    heads = ("工作表 Sheet", "名称 Title", "英文名称 In English", "数据文件 CSV", "行数 Rows", "条款 Clause")
    for column, head in enumerate(heads, start=1):
        look: dict[str, object] = {"align": "right"} if column == 5 else {"indent": int(column == 6)}
        write(sheet, row, column, head, styles, font_size=9, bold=True, font_color=BLUE, bg_color=TINT, **look)
    for line in contents:
        row += 1
        look = {"bottom": 1, "bottom_color": LINE, "text_wrap": True}
        sheet.set_row(row, max(20, height(line.title.zh, _WIDTHS[2]), height(line.title.en, _WIDTHS[3])))
        link = styles.get(font_color=BLUE, underline=1, **look)
        sheet.write_url(row, 1, f"internal:'{line.sheet}'!A1", link, string=line.sheet)
        write(sheet, row, 2, line.title.zh, styles, **look)
        write(sheet, row, 3, line.title.en, styles, font_color=GREY, **look)
        write(sheet, row, 4, line.entry, styles, **look)
        if line.rows is None:
            write(sheet, row, 5, "", styles, **look)
        else:
            sheet.write_number(row, 5, line.rows, styles.get(num_format="#,##0", **look))
        write(sheet, row, 6, line.clause, styles, indent=1, **look)
    return row + 1


def _heading(sheet: Any, row: int, zh: str, en: str, styles: Styles) -> None:
    sheet.set_row(row, 26)
    look = {"bottom": 2, "bottom_color": BLUE, "valign": "bottom"}
    sheet.merge_range(row, 1, row, _LAST, "", styles.get(**look))
    bilingual(sheet, row, 1, Wording(zh=zh, en=en), styles, sizes=(12, 9), look=look, between="  ")
