"""Files, archives and folders: everything in them is searched, or named as not searched."""

from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path

from gateway.model.finding import Finding
from gateway.privacy.cells import Marker, search, vocabulary_array
from gateway.privacy.readers import Limits, Opened, opened
from gateway.privacy.scanned import NotSearched, Reason, Scan, Searched, merged

LARGEST = 2 << 30
"""A larger file is not read into memory."""


def scan_file(
    name: str,
    data: bytes,
    *,
    passphrase: str | None = None,
    vocabulary: frozenset[str] = frozenset(),
    limits: Limits | None = None,
) -> Scan:
    """Personal data in a file: CSV, TSV, JSON, JSON Lines, HTML, XML, XLSX and its kin, Parquet, text, ZIP of these.

    ``passphrase`` opens encrypted archives; ``vocabulary`` are cells known to be harmless. What is not understood, not
    opened or over the limits is listed as not searched. Never raises for what a file holds."""
    return scan_opened(opened(name, data, passphrase=passphrase, limits=limits), vocabulary)


def open_files(files: Mapping[str, bytes], passphrase: str | None = None) -> tuple[Opened, ...]:
    """Everything that the files say, read once, to be scanned and to be compared with the source."""
    return tuple(file for name, data in files.items() for file in opened(name, data, passphrase=passphrase))


def scan_opened(
    files: Iterable[Opened], vocabulary: frozenset[str] = frozenset(), marker: Marker | None = None
) -> Scan:
    """Personal data in files that were opened. ``marker``: what a clearance knows a finding by."""
    known = vocabulary_array(vocabulary)
    findings: list[Finding] = []
    searched: list[Searched] = []
    missed: list[NotSearched] = []
    for file in files:
        findings.extend(search(file.columns, known, file.file, marker))
        missed.extend(file.gaps)
        if file.searched:
            searched.append(file.searched)
    return Scan(findings=tuple(findings), searched=tuple(searched), not_searched=tuple(missed))


def wording(files: Mapping[str, bytes]) -> frozenset[str]:
    """Every text of files that were made without data: what they say can't come from the source."""
    return frozenset(
        text
        for name, data in files.items()
        for file in opened(name, data)
        for column in file.columns
        for text in column.values.to_pylist()
        if text
    )


def scan_paths(
    paths: Iterable[Path], *, passphrase: str | None = None, vocabulary: frozenset[str] = frozenset()
) -> Scan:
    """All files at and below ``paths``. A link is not followed; what can't be read is listed as not searched."""
    return merged(_scan_path(path, passphrase, vocabulary) for path in _files(paths))


def _files(paths: Iterable[Path]) -> Iterator[Path]:
    for path in paths:
        if path.is_dir() and not path.is_symlink():
            yield from sorted(p for p in path.rglob("*") if p.is_symlink() or not p.is_dir())
        else:
            yield path


def _scan_path(path: Path, passphrase: str | None, vocabulary: frozenset[str]) -> Scan:
    name = path.as_posix()
    if path.is_symlink():
        return Scan(not_searched=(NotSearched(name, Reason.LINK),))
    try:
        if not path.is_file():
            return Scan(not_searched=(NotSearched(name, Reason.ABSENT),))
        if path.stat().st_size > LARGEST:
            return Scan(not_searched=(NotSearched(name, Reason.LIMIT),))
        data = path.read_bytes()
    except OSError:
        return Scan(not_searched=(NotSearched(name, Reason.ABSENT),))
    return scan_file(name, data, passphrase=passphrase, vocabulary=vocabulary)
