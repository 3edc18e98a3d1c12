"""Ways in which people hide a value without losing it. Each takes the value and a random generator."""

import base64
import html
from collections.abc import Callable
from random import Random
from urllib.parse import quote

Disguise = Callable[[str, Random], str]
_DIGITS = "0123456789"


def _swapped(alphabet: str) -> Disguise:
    table = str.maketrans(_DIGITS, alphabet)
    return lambda value, rng: value.translate(table)


def _grouped(separator: str) -> Disguise:
    """Parted as people part long numbers: 3-4-4 for eleven digits, else by four."""

    def change(value: str, rng: Random) -> str:
        sizes = (
            (3, 4, 4) if len(value) == 11 else (4,) * (len(value) // 4) + ((len(value) % 4,) if len(value) % 4 else ())
        )
        parts, start = [], 0
        for size in sizes:
            parts.append(value[start : start + size])
            start += size
        return separator.join(parts)

    return change


def _between(mark: str) -> Disguise:
    return lambda value, rng: mark.join(value)


def full_width(value: str, rng: Random) -> str:
    return "".join(chr(ord(c) + 0xFEE0) if "!" <= c <= "~" else c for c in value)


def zero_width(value: str, rng: Random) -> str:
    out = value
    for _ in range(3):
        place = rng.randint(1, len(out) - 1)
        out = out[:place] + rng.choice("\u200b\u200c\u200d\ufeff\u2060\u00ad") + out[place:]
    return out


def letters(value: str, rng: Random) -> str:
    """l and O for 1 and 0, at some places."""
    return "".join(rng.choice((c, {"1": "l", "0": "O"}.get(c, c))) for c in value)


def all_letters(value: str, rng: Random) -> str:
    """I and o for every 1 and 0."""
    return value.replace("1", "I").replace("0", "o")


def cyrillic(value: str, rng: Random) -> str:
    """Cyrillic and Greek letters for the Latin ones and for 0, 3, 6."""
    return value.translate(str.maketrans("0ОAaBcEeopxX36", "ОО" + "АаВсЕеорхХ" + "Зб"))


def one_numeral(value: str, rng: Random) -> str:
    """Some digits as Chinese numerals, as in 1三8…"""
    return "".join(rng.choice((c, "〇一二三四五六七八九"[int(c)])) if c.isdigit() else c for c in value)


def in_a_token(value: str, rng: Random) -> str:
    return f"{rng.choice(('W', 'uid_', 'ORD-', 'x'))}{value}{rng.choice(('_a', 'Z', '-CN', 'q'))}"


def in_base64(value: str, rng: Random) -> str:
    return base64.b64encode(value.encode()).decode()


def in_url_base64(value: str, rng: Random) -> str:
    return base64.urlsafe_b64encode(value.encode()).decode().rstrip("=")


def in_hex(value: str, rng: Random) -> str:
    return value.encode().hex()


def url_escapes(value: str, rng: Random) -> str:
    return "".join(f"%{b:02X}" for b in value.encode())


def some_url_escapes(value: str, rng: Random) -> str:
    return "".join(f"%{ord(c):02x}" if rng.random() < 0.4 and c.isascii() else quote(c) for c in value)


def html_decimal(value: str, rng: Random) -> str:
    return "".join(f"&#{ord(c)};" for c in value)


def html_hex(value: str, rng: Random) -> str:
    return "".join(f"&#x{ord(c):x};" if rng.random() < 0.5 else html.escape(c) for c in value)


def unicode_escapes(value: str, rng: Random) -> str:
    return "".join(f"\\u{ord(c):04x}" for c in value)


def over_lines(value: str, rng: Random) -> str:
    place = len(value) // 2
    return f"{value[:place]}\n{value[place:]}"


def twice_escaped(value: str, rng: Random) -> str:
    """base64 of full-width digits."""
    return in_base64(full_width(value, rng), rng)


NUMBERS: dict[str, Disguise] = {
    "full width": full_width,
    "zero width": zero_width,
    "parted by blanks": _grouped(" "),
    "parted by hyphens": _grouped("-"),
    "parted by dots": _grouped("."),
    "parted by strokes": _grouped("/"),
    "parted by underscores": _grouped("_"),
    "parted by commas": _grouped("，"),
    "every digit parted by blanks": _between(" "),
    "every digit parted by hyphens": _between("-"),
    "every digit parted by stars": _between("*"),
    "Chinese numerals": _swapped("〇一二三四五六七八九"),
    "Chinese numerals, 零": _swapped("零一二三四五六七八九"),
    "numerals as on cheques": _swapped("零壹贰叁肆伍陆柒捌玖"),
    "numerals between digits": one_numeral,
    "letters for digits": letters,
    "letters for all ones and noughts": all_letters,
    "look-alikes of other scripts": cyrillic,
    "digits of another script": _swapped("٠١٢٣٤٥٦٧٨٩"),
    "circled digits": _swapped("⓪①②③④⑤⑥⑦⑧⑨"),
    "bold digits": _swapped("𝟎𝟏𝟐𝟑𝟒𝟓𝟔𝟕𝟖𝟗"),
    "inside a token": in_a_token,
    "base64": in_base64,
    "base64 for URLs": in_url_base64,
    "hexadecimal": in_hex,
    "URL escapes": url_escapes,
    "some URL escapes": some_url_escapes,
    "HTML, decimal": html_decimal,
    "HTML, hexadecimal": html_hex,
    "Unicode escapes": unicode_escapes,
    "over two lines": over_lines,
    "full width in base64": twice_escaped,
}

_TEXTS = (
    *("full width", "zero width", "base64", "base64 for URLs", "hexadecimal", "URL escapes", "some URL escapes"),
    *("HTML, decimal", "HTML, hexadecimal", "Unicode escapes", "full width in base64"),
)
_AT = ("(at)", "[at]", " at ", "（at）", "#", "＠", "艾特")
_DOT = ("[dot]", "(dot)", " dot ", "。", "点")


def at(value: str, rng: Random) -> str:
    return value.replace("@", rng.choice(_AT))


def dot(value: str, rng: Random) -> str:
    return value.replace("@", rng.choice(("@", "(at)", "[at]"))).replace(".", rng.choice(_DOT))


def blanks(value: str, rng: Random) -> str:
    return value.replace("@", " @ ").replace(".", " . ")


MAILS: dict[str, Disguise] = {
    **{name: NUMBERS[name] for name in _TEXTS},
    "(at)": at,
    "[dot]": dot,
    "blanks around the signs": blanks,
}
