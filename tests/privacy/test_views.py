"""A number in disguise is found, and found at its place in the text as given."""

import base64

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from gateway.privacy import scan_text
from gateway.privacy.views import views

MOBILE, IDENTITY, CARD = "13800138000", "11010519491231002X", "6222021234567890128"
HAN = dict(zip("0123456789", "零一二三四五六七八九", strict=True))
HAN_BANK = dict(zip("0123456789", "〇壹贰叁肆伍陆柒捌玖", strict=True))
WIDE = dict(zip("0123456789X", "０１２３４５６７８９Ｘ", strict=True))
ARABIC = dict(zip("0123456789", "٠١٢٣٤٥٦٧٨٩", strict=True))


def spelled(number, table):
    return "".join(table.get(c, c) for c in number)


DISGUISES = {
    "full width": lambda n: spelled(n, WIDE),
    "zero width": lambda n: "\u200b".join(n),
    "soft hyphens": lambda n: "\u00ad".join(n),
    "joiners": lambda n: n[:5] + "\u2060\ufeff" + n[5:],
    "keycaps": lambda n: "".join(c + "\ufe0f\u20e3" if c.isdigit() else c for c in n),
    "mathematical": lambda n: "".join(chr(0x1D7CE + int(c)) if c.isdigit() else c for c in n),
    "arabic-indic": lambda n: spelled(n, ARABIC),
    "hyphens": lambda n: f"{n[:3]}-{n[3:7]}-{n[7:]}",
    "blanks": lambda n: f"{n[:3]} {n[3:7]} {n[7:]}",
    "dots": lambda n: f"{n[:3]}.{n[3:7]}.{n[7:]}",
    "single blanks": " ".join,
    "single hyphens": "-".join,
    "wide hyphens": lambda n: f"{n[:3]}—{n[3:7]}－{n[7:]}",
    "brackets": lambda n: f"{n[:3]}（{n[3:7]}）{n[7:]}",
    "chinese numerals": lambda n: spelled(n, HAN),
    "bank numerals": lambda n: spelled(n, HAN_BANK),
    "mixed numerals": lambda n: n[:4] + spelled(n[4:], HAN),
    "letters": lambda n: n.replace("0", "O").replace("1", "l"),
    "base64": lambda n: base64.b64encode(n.encode()).decode(),
    "url": lambda n: "".join(f"%{ord(c):02X}" for c in n),
    "references": lambda n: "".join(f"&#{ord(c)};" for c in n),
    "escapes": lambda n: "".join(f"\\u{ord(c):04x}" for c in n),
}


@pytest.mark.parametrize("disguise", DISGUISES)
@pytest.mark.parametrize(("number", "entity"), [(MOBILE, "CN_MOBILE"), (IDENTITY, "CN_RESIDENT_ID")])
def test_a_disguised_number_is_found_at_its_place(disguise, number, entity):
    hidden = DISGUISES[disguise](number)
    text = f"备注：{hidden}，谢谢"
    hits = [f for f in scan_text(text) if f.entity == entity]
    assert hits, hidden
    place = text[hits[0].start : hits[0].end]
    assert place.strip("\u200b\ufe0f\u20e3") in hidden
    assert len(place) >= len(hidden) - 3


@pytest.mark.parametrize("disguise", ["full width", "zero width", "hyphens", "blanks", "single blanks", "base64"])
def test_a_disguised_card_is_found(disguise):
    assert "CN_BANK_CARD" in {f.entity for f in scan_text(DISGUISES[disguise](CARD))}


@pytest.mark.parametrize(
    "text",
    [
        "1 3 4 5 6 7 8 9 10 11 12 13 14",  # a list
        "12 1380 13 80 1 22",  # figures of a table
        "13,812,345,678",  # thousands
        "0.13812345",  # a decimal
        "13000-150000",  # a range
        "2026-10 2026-11 2026-12",
        "Illinois Ohio loll",
        "第一、二、三、四、五、六、七、八、九、十条",
    ],
)
def test_figures_are_not_joined_to_numbers(text):
    assert scan_text(text) == []


@settings(deadline=None)
@given(st.text(max_size=60))
def test_every_view_knows_where_each_of_its_characters_stands(text):
    for view in views(text):
        for index in range(len(view.text)):
            start, end = view.place(index)
            assert 0 <= start <= end <= len(text)


NEUTRAL = st.text(alphabet="的在和电话备注，。；: \n\u200bＡb", max_size=12)


@settings(deadline=None)
@given(NEUTRAL, st.sampled_from(sorted(DISGUISES)), NEUTRAL)
def test_no_surroundings_hide_a_mobile_number(before, disguise, after):
    hidden = DISGUISES[disguise](MOBILE)
    if hidden[0].isalnum() and before.rstrip("\u200b")[-1:] in {"Ａ", "b"} and disguise in {"letters", "base64"}:
        before += " "
    if after.lstrip("\u200b")[:1] in {"Ａ", "b"} and disguise in {"letters", "base64"}:
        after = " " + after
    text = before + hidden + after
    # b138.0013.8000 is a MAC address as Cisco writes it: found under either name, it blocks
    assert {"CN_MOBILE", "MAC_ADDRESS"} & {f.entity for f in scan_text(text)}, text
