"""HTML: text by block, so that mark-up inside a number hides nothing; every attribute, comment, script and style."""

import re
from collections.abc import Iterator
from html.parser import HTMLParser
from urllib.parse import unquote_to_bytes

from gateway.privacy.cells import Collector, Column
from gateway.privacy.readers.base import Gap, Nested, decode
from gateway.privacy.scanned import Reason

_INLINE_TAGS = """
a abbr b bdi bdo big cite code data del dfn em font i ins kbd label mark nobr q s samp small span strike strong sub sup
time tspan tt u var wbr
"""
_INLINE = frozenset(_INLINE_TAGS.split())
_DATA_URI = re.compile(r"data:([\w.+-]+/[\w.+-]+)?((?:;[\w.+-]+(?:=[^;,\s]*)?)*),([^\"')\s]*)", re.IGNORECASE)


def read(data: bytes) -> Iterator[Column | Gap | Nested]:
    """Everything that a page holds; embedded images and fonts are parts that can't be searched."""
    page = _Page()
    page.feed(decode(data))
    page.close()
    page.flush()
    yield from page.collector.columns()
    yield from page.embedded


class _Page(HTMLParser):
    """Collects texts with the line where each begins."""

    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.collector = Collector()
        self.embedded: list[Gap | Nested] = []
        self._pieces: list[str] = []

    def flush(self) -> None:
        """Ends a block: its text as one, and each piece where there are several."""
        joined = "".join(self._pieces)
        self._keep(joined)
        if len(self._pieces) > 1:
            for piece in self._pieces:
                self._keep(piece)
        self._pieces = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """A block begins; attributes are texts, those of <meta> under its name."""
        if tag not in _INLINE:
            self.flush()
        named = tuple(v for k, v in attrs if v and tag == "meta" and k in {"name", "property"})
        for name, value in attrs:
            self._keep(name)
            self._keep(value or "", named)

    def handle_endtag(self, tag: str) -> None:
        """A block ends."""
        if tag not in _INLINE:
            self.flush()

    def handle_data(self, data: str) -> None:
        """Text, script or style."""
        if self.cdata_elem:
            for line in data.splitlines():
                self._keep(line)
        else:
            self._pieces.append(data)

    def handle_comment(self, data: str) -> None:
        """A comment is a text."""
        self._keep(data)

    def handle_decl(self, decl: str) -> None:
        """So is a declaration,"""
        self._keep(decl)

    def handle_pi(self, data: str) -> None:
        """a processing instruction,"""
        self._keep(data)

    def unknown_decl(self, data: str) -> None:
        """and a marked section."""
        self._keep(data)

    def _keep(self, text: str, context: tuple[str, ...] = ()) -> None:
        for match in _DATA_URI.finditer(text):
            self._embed(match)
        self.collector.add(text, f"line {self.getpos()[0]}", context)

    def _embed(self, match: re.Match[str]) -> None:
        kind, place = (match[1] or "text/plain").lower(), f"line {self.getpos()[0]}"
        suffix = {"image/svg+xml": "svg", "application/json": "json", "text/html": "html"}.get(kind, "txt")
        if (not kind.startswith("text/") and suffix == "txt") or ";base64" in match[2].lower():
            self.embedded.append(Gap(place, Reason.BINARY))
        else:
            self.embedded.append(Nested(f"{place}.{suffix}", unquote_to_bytes(match[3])))
