"""What an entry may carry: words, whole numbers and digests of limited size; no floats, no long runs of digits.

That a text is not a data value can't be proved; a phone, identity or card number can't get in by mistake."""

import re
import unicodedata
from typing import Any

from gateway.base import canonical

MAX_BYTES = 4096
MAX_TEXT = 512
MAX_DEPTH = 4
MAX_ITEMS = 64
MAX_NUMBER = 10**10 - 1  # a mobile number has eleven digits

_KEY = re.compile(r"[A-Za-z0-9][A-Za-z0-9_.\-]{0,79}")
_DIGITS = re.compile(r"(?<![0-9A-Za-z])[0-9]{11,}(?![0-9A-WYZa-wyz])")

Wrong = tuple[str, str]


def fault(body: Any) -> Wrong | None:
    """Why ``body`` may not stand in the ledger (Chinese, English; names the key, never the value), or None."""
    if not isinstance(body, dict):
        return "正文应为键值表", "a body is an object"
    found = _inside(body, "body", 1)
    if found is None and len(canonical.encode(body)) > MAX_BYTES:
        return f"正文超过 {MAX_BYTES} 字节", f"the body is longer than {MAX_BYTES} bytes"
    return found


def text_fault(text: Any, where: str, longest: int = MAX_TEXT) -> Wrong | None:
    """Why ``text`` may not stand at ``where``, or None."""
    if not isinstance(text, str) or not text or len(text) > longest:
        return f"{where} 应为 1 至 {longest} 字的文字", f"{where} is a text of 1 to {longest} characters"
    if not text.isprintable() and any(unicodedata.category(letter).startswith("C") for letter in text):
        return f"{where} 含有控制字符", f"{where} holds control characters"
    if _DIGITS.search(unicodedata.normalize("NFKC", text)):
        return f"{where} 含有 11 位以上的数字串", f"{where} holds a run of eleven or more digits"
    return None


def _inside(value: Any, where: str, depth: int) -> Wrong | None:
    if depth > MAX_DEPTH:
        return f"{where} 嵌套过深", f"{where} is nested too deeply"
    if value is None or isinstance(value, bool):
        return None
    if isinstance(value, int):
        small = abs(value) <= MAX_NUMBER
        return None if small else (f"{where} 数值过大", f"{where} is too large a number")
    if isinstance(value, str):
        return text_fault(value, where) if value else None
    if isinstance(value, list | dict):
        return _items(value, where, depth)
    return (
        f"{where} 只能是文字、整数、真假、空、列表或键值表",
        f"{where} is no text, integer, boolean, null, list or object",
    )


def _items(value: list[Any] | dict[Any, Any], where: str, depth: int) -> Wrong | None:
    if len(value) > MAX_ITEMS:
        return f"{where} 超过 {MAX_ITEMS} 项", f"{where} has more than {MAX_ITEMS} items"
    if isinstance(value, list):
        pairs = [(f"{where}[{place}]", item) for place, item in enumerate(value)]
    else:
        for key in value:
            if not isinstance(key, str) or not _KEY.fullmatch(key) or _DIGITS.search(key):
                return f"{where} 的键名不合法", f"{where} has a key that is not a plain name"
        pairs = [(f"{where}.{key}", item) for key, item in value.items()]
    return next((found for name, item in pairs if (found := _inside(item, name, depth + 1))), None)
