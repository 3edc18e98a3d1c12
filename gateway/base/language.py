"""Which language a person reads: Chinese under a Chinese locale, English otherwise.

Every wording stands with both languages side by side, so that neither can be forgotten (docs/adr/0003)."""

import os
from collections.abc import Mapping


def is_chinese(environ: Mapping[str, str] | None = None) -> bool:
    """Whether the locale of ``environ`` (the process's own when None) is Chinese, by POSIX precedence."""
    env = os.environ if environ is None else environ
    for name in ("LANGUAGE", "LC_ALL", "LC_MESSAGES", "LANG"):
        value = env.get(name)
        if value:
            return value.lower().startswith("zh")
    return False


def say(zh: str, en: str) -> str:
    """The wording that fits the reader's locale."""
    return zh if is_chinese() else en
