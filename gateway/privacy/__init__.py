"""Personal data: finds it in what is about to leave, and shows what was searched.

The room guarantees that every text of every file that it lists as *searched* went through all recognizers in all views,
and that what it could not read is listed as *not searched*, which blocks. Results hold entities, places and counts,
never a value. Nothing here uses the network. Presidio and Arrow are imported when they are first needed."""

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from gateway.privacy.canaries import Canary, CanaryCheck, seen
    from gateway.privacy.certify import certificate, reasons
    from gateway.privacy.compared import ColumnMatch, Compared, ValueKind
    from gateway.privacy.discovery import Anonymity, ColumnProfile, Guess, anonymity, profiled
    from gateway.privacy.files import open_files, scan_file, scan_opened, scan_paths, wording
    from gateway.privacy.readers import Limits, Opened
    from gateway.privacy.scanned import NotSearched, Reason, Scan, Searched, merged
    from gateway.privacy.source import SourceBatch, SourceMatch, match_opened, match_source
    from gateway.privacy.table import scan_table
    from gateway.privacy.text import scan_text

__all__ = [
    "Anonymity",
    "Canary",
    "CanaryCheck",
    "ColumnMatch",
    "ColumnProfile",
    "Compared",
    "Guess",
    "Limits",
    "NotSearched",
    "Opened",
    "Reason",
    "Scan",
    "Searched",
    "SourceBatch",
    "SourceMatch",
    "ValueKind",
    "anonymity",
    "certificate",
    "match_opened",
    "match_source",
    "merged",
    "open_files",
    "profiled",
    "reasons",
    "scan_file",
    "scan_opened",
    "scan_paths",
    "scan_table",
    "scan_text",
    "seen",
    "wording",
]

_HOMES = {
    "Canary": "canaries",
    "CanaryCheck": "canaries",
    "seen": "canaries",
    "certificate": "certify",
    "reasons": "certify",
    "ColumnMatch": "compared",
    "Compared": "compared",
    "ValueKind": "compared",
    "Anonymity": "discovery",
    "ColumnProfile": "discovery",
    "Guess": "discovery",
    "anonymity": "discovery",
    "profiled": "discovery",
    "open_files": "files",
    "scan_file": "files",
    "scan_opened": "files",
    "scan_paths": "files",
    "wording": "files",
    "Limits": "readers",
    "Opened": "readers",
    "NotSearched": "scanned",
    "Reason": "scanned",
    "Scan": "scanned",
    "Searched": "scanned",
    "merged": "scanned",
    "SourceBatch": "source",
    "SourceMatch": "source",
    "match_opened": "source",
    "match_source": "source",
    "scan_table": "table",
    "scan_text": "text",
}


def __getattr__(name: str) -> Any:
    """Opens the door to the module that keeps ``name`` (PEP 562)."""
    if name not in _HOMES:
        raise AttributeError(name)
    value = getattr(import_module(f"{__name__}.{_HOMES[name]}"), name)
    globals()[name] = value
    return value
