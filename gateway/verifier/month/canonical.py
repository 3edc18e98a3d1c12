"""Canonical JSON, in which material and certificates are written."""

import json
from typing import Any


def canonical(document: Any) -> bytes:
    """The one way to write a document."""
    written = json.dumps(document, ensure_ascii=False, sort_keys=True, separators=(",", ":"), allow_nan=False)
    return written.encode() + b"\n"
