"""Packages that must be refused, each with the check that must refuse it: by the receiver and by the verifier alike.

``FORGED``: made by someone who holds the gateway's signing key, or by a gateway that errs; only what the key can't
sign for (stewards' approvals, the receiver's own knowledge) stands against them. ``TOUCHED``: a good package that was
changed afterwards, by whoever can write to the inbox."""

import struct
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from tests.package_factory import (
    CSV,
    DICTIONARY,
    EXPIRED,
    GATEWAY,
    OPERATOR,
    RELEASE,
    STEWARD_A,
    STEWARD_B,
    STRANGER,
    Entries,
    Plan,
    document,
    plain,
    sha,
)

SECOND = RELEASE.replace("R01", "R02")
A, B = ("steward-a", STEWARD_A), ("steward-b", STEWARD_B)


@dataclass(frozen=True, kw_only=True)
class Attack:
    name: str
    refused_by: str
    plan: Callable[[], Plan]
    disposition: str = "failed/integrity"


def _forged(name: str, refused_by: str, disposition: str = "failed/integrity", **changes: Any) -> Attack:
    return Attack(name=name, refused_by=refused_by, plan=lambda: Plan(**changes), disposition=disposition)


def _files(*files: Any) -> dict[str, Any]:
    return {"files": [plain("01.xlsx", "workbook", b"PK"), *files]}


def _swap(entries: Entries) -> Entries:
    return [entries[1], entries[0], *entries[2:]]


def _renamed(old: str, new: str) -> Callable[[Entries], Entries]:
    return lambda entries: [(new if name == old else name, data) for name, data in entries]


def _without(name: str) -> Callable[[Entries], Entries]:
    return lambda entries: [entry for entry in entries if entry[0] != name]


def _with(name: str, data: bytes, at: int) -> Callable[[Entries], Entries]:
    return lambda entries: [*entries[:at], (name, data), *entries[at:]]


def _content(name: str, change: Callable[[bytes], bytes]) -> Callable[[Entries], Entries]:
    return lambda entries: [(entry, change(data) if entry == name else data) for entry, data in entries]


def _exchanged(first: str, second: str) -> Callable[[Entries], Entries]:
    """Two entries of one type that carry each other's content."""

    def exchange(entries: Entries) -> Entries:
        data = dict(entries)
        data[first], data[second] = data[second], data[first]
        return [(name, data[name]) for name, _ in entries]

    return exchange


def _gap(data: bytes) -> bytes:
    """A zip with bytes between its last entry and its directory: all readers open it, none shows them."""
    at = struct.unpack_from("<L", data, len(data) - 6)[0]
    end = data[-22:-6] + struct.pack("<L", at + 4) + data[-2:]
    return data[:at] + b"free" + data[at:-22] + end


def _comment(data: bytes) -> bytes:
    return data[:-2] + struct.pack("<H", 5) + b"hello"


def _hidden_name(data: bytes) -> bytes:
    """The first entry's local header has another name than the directory."""
    return data[:30] + b"09.xlsx" + data[37:]


def _dated(data: bytes) -> bytes:
    return data.replace(struct.pack("<HH", 0, 33), struct.pack("<HH", 7, 90))


_EXTRA_STATEMENT = {"note": "x"}
_HARD = {"passed": False, "checked": 12, "certificate": "c" * 64}

FORGED: tuple[Attack, ...] = (
    # who signed the manifest
    _forged("manifest signed by a stranger", "manifest-signature", "failed/unknown-signer", key=STRANGER),
    _forged("manifest signed by a steward", "manifest-signature", "failed/unknown-signer", key=STEWARD_A),
    _forged("manifest signed with an expired key", "manifest-signature", "failed/unknown-signer", key=EXPIRED),
    _forged(
        "manifest signed as a receipt", "manifest-signature", "failed/unknown-signer", namespace="delivery-receipt"
    ),
    _forged(
        "manifest signed as a checkpoint", "manifest-signature", "failed/unknown-signer", namespace="ledger-checkpoint"
    ),
    # what the manifest says
    _forged("manifest with a key more", "manifest-form", manifest={"note": "x"}),
    _forged("manifest of another format", "manifest-form", manifest={"format": "gateway-manifest/2"}),
    _forged("manifest with three recipients", "manifest-form", manifest={"recipients": ["a", "b", "c"]}),
    _forged("manifest with a number as text", "manifest-form", manifest={"entries": "7"}),
    _forged("manifest without a time zone", "manifest-form", manifest={"sealed_at": "2026-11-02T16:00:00"}),
    _forged("weaker algorithm", "manifest-form", manifest={"alg": {"digest": "md5"}}),
    _forged(
        "a key twice", "manifest-form", written=lambda data: data.replace(b'{\n  "format"', b'{"format":"","format"')
    ),
    _forged(
        "manifest with NaN", "manifest-form", written=lambda data: data.replace(b'"entries": 7', b'"entries": NaN')
    ),
    _forged("manifest in another encoding", "manifest-form", written=lambda data: data.decode().encode("utf-16")),
    _forged("manifest nested without end", "manifest-form", written=lambda _: b"[" * 100_000),
    _forged("manifest for another release", "names", manifest={"release": SECOND}),
    _forged("release id that is a path", "names", manifest={"release": "../../etc"}),
    _forged(
        "zip of another name", "names", manifest={"package": {"name": "x.zip", "bytes": 1, "sha256": "", "sm3": ""}}
    ),
    _forged("another month", "names", manifest={"period": "2026-09"}),
    _forged("another revision", "names", manifest={"revision": 2}),
    _forged("old package under a new name", "names", stem=SECOND),
    _forged("for another recipient", "recipient", "failed/wrong-recipient", manifest={"recipients": ["someone-else"]}),
    _forged("supersedes itself", "supersedes", manifest={"supersedes": RELEASE}),
    _forged(
        "supersedes another month", "supersedes", release=SECOND, manifest={"supersedes": RELEASE.replace("10", "09")}
    ),
    _forged("supersedes what is no release", "supersedes", manifest={"supersedes": "the old one"}),
    # the privacy certificate
    _forged("certificate that did not pass", "privacy-certificate", privacy={"verdict": "fail"}),
    _forged("certificate without a verdict", "privacy-certificate", privacy={"verdict": None}),
    _forged("certificate of another format", "privacy-certificate", privacy={"format": "gateway-privacy/2"}),
    _forged("certificate of another release", "privacy-certificate", privacy={"release": SECOND}),
    _forged("certificate of another zip", "privacy-certificate", privacy={"package_sha256": "0" * 64}),
    _forged("certificate of another zip by SM3", "privacy-certificate", privacy={"package_sm3": "0" * 64}),
    _forged("certificate with a weaker algorithm", "privacy-certificate", privacy={"alg": {"digest": "sha256"}}),
    _forged("certificate without its algorithms", "privacy-certificate", privacy={"alg": None}),
    # how the zip is built
    _forged("zip with AES-128", "archive", nbits=128),
    _forged("zip with AE-1, whose checksum tells of the content", "archive", ae=1),
    _forged("zip with bytes between entries and directory", "archive", zipped=_gap),
    _forged("zip with bytes before its entries", "archive", zipped=lambda data: b"MZ" + data),
    _forged("zip with bytes behind its end", "archive", zipped=lambda data: data + b"more"),
    _forged("zip with a comment", "archive", zipped=_comment),
    _forged("zip with dates", "archive", zipped=_dated),
    _forged("zip with two names for one entry", "archive", zipped=_hidden_name),
    _forged("no zip at all", "archive", zipped=lambda _: b"MZ\x90"),
    _forged("empty zip", "archive", zipped=lambda _: b"PK\x05\x06" + bytes(18)),
    _forged("number of entries", "archive", manifest={"entries": 8}),
    _forged("entry with a path", "archive", sealed=_renamed("01.xlsx", "../1.xlsx")),
    _forged("entry with a name that tells", "archive", sealed=_renamed("02.csv", "wages.csv")),
    _forged("entry renamed", "archive", sealed=_renamed("02.csv", "09.csv")),
    _forged("entry twice", "archive", sealed=_with("02.csv", CSV, 2)),
    _forged("entries in another order", "archive", sealed=_swap),
    _forged("statement left out", "archive", sealed=_without("statement.json")),
    _forged("acceptance code left out", "archive", sealed=_without("acceptance.txt")),
    _forged("table left out", "archive", sealed=_without("02.csv")),
    # what lies in it
    _forged("entry encrypted with another passphrase", "decryption", "failed/decrypt", passphrase="ANOTHER"),
    _forged(
        "statement replaced", "statement", sealed=_content("statement.json", lambda data: data.replace(b"004", b"005"))
    ),
    _forged("statement with a key more", "statement", statement=_EXTRA_STATEMENT),
    _forged("statement with an unknown algorithm", "statement", statement={"alg": {"digest": "md5"}}),
    _forged("statement of another SM3", "statement", manifest={"statement_sm3": "0" * 64}),
    _forged("statement that lists nothing", "statement", statement={"files": []}),
    _forged("last file left out", "entries", sealed=_without("05.html")),
    _forged("file more than approved", "entries", sealed=_with("06.html", b"<p>", 5)),
    _forged("file of another type", "entries", sealed=_renamed("04.json", "04.html")),
    _forged("table swapped for the dictionary", "contents", sealed=_exchanged("02.csv", "03.csv")),
    _forged("figure changed", "contents", sealed=_content("02.csv", lambda data: data.replace(b"37", b"38"))),
    _forged("file emptied", "contents", sealed=_content("05.html", lambda _: b"")),
    _forged("fewer rows than stated", "rows", "failed/row-mismatch", **_files(plain("02.csv", "table", CSV, 4))),
    _forged("rows not stated", "rows", "failed/row-mismatch", **_files(plain("02.csv", "table", CSV, None))),
    _forged(
        "dictionary's rows",
        "rows",
        "failed/row-mismatch",
        **_files(plain("02.csv", "table", CSV, 3), plain("03.csv", "dictionary", DICTIONARY, 2)),
    ),
    _forged("rows of what has none", "rows", "failed/row-mismatch", files=[plain("01.xlsx", "workbook", b"PK", 1)]),
    # who approved it
    _forged("one approval", "approvals", "failed/unknown-signer", approvers=[A]),
    _forged("no approval", "approvals", "failed/unknown-signer", approvers=[]),
    _forged("the same steward twice", "approvals", "failed/unknown-signer", approvers=[A, A]),
    _forged(
        "one steward under two names", "approvals", "failed/unknown-signer", approvers=[A, ("steward-b", STEWARD_A)]
    ),
    _forged("three approvals", "approvals", "failed/unknown-signer", approvers=[A, B, ("operator", OPERATOR)]),
    _forged("operator as steward", "approvals", "failed/unknown-signer", approvers=[A, ("operator", OPERATOR)]),
    _forged("steward as operator", "approvals", "failed/unknown-signer", statement={"operator": "Steward-B "}),
    _forged("gateway as steward", "approvals", "failed/unknown-signer", approvers=[A, ("gateway", GATEWAY)]),
    _forged("stranger as steward", "approvals", "failed/unknown-signer", approvers=[A, ("steward-b", STRANGER)]),
    _forged("expired steward", "approvals", "failed/unknown-signer", approvers=[A, ("steward-old", EXPIRED)]),
    _forged(
        "approvals made for another purpose",
        "approvals",
        "failed/unknown-signer",
        approval_namespace="delivery-receipt",
    ),
    _forged(
        "approvals of an earlier statement",
        "approvals",
        "failed/unknown-signer",
        approved=lambda statement: statement.replace(b'"revision": 1', b'"revision": 2'),
    ),
    # acceptance code, consistency, gates
    _forged("acceptance code of another package", "acceptance-code", manifest={"acceptance_sha256": sha(b"x")}),
    _forged("acceptance code that is none", "acceptance-code", acceptance=b"hello"),
    _forged("acceptance code with more behind it", "acceptance-code", acceptance=b"ABCD-EFGH-2345\n\n"),
    _forged("statement of another release", "consistency", statement={"release": SECOND}),
    _forged("statement of another agreement", "consistency", statement={"agreement": "005"}),
    _forged("statement of another revision", "consistency", statement={"revision": 2}),
    _forged("statement that supersedes", "consistency", statement={"supersedes": RELEASE}),
    _forged("disclosure gate not passed", "gates", statement={"disclosure": _HARD}),
    _forged("quality gate not passed", "gates", statement={"quality": _HARD}),
    _forged("privacy gate not passed", "gates", statement={"privacy": _HARD}),
)


def _beside(package: Path, ending: str) -> Path:
    return package.with_name(package.name.removesuffix(".zip") + ending)


def _flip(path: Path) -> None:
    data = bytearray(path.read_bytes())
    data[len(data) // 2] ^= 1
    path.write_bytes(bytes(data))


def _resign_with_other(package: Path) -> None:
    """The signature of another release's manifest, made by the same key."""
    other = Plan(release=SECOND).write(package.parent / "other")
    _beside(package, ".manifest.json.sig").write_bytes(_beside(other, ".manifest.json.sig").read_bytes())


def _folder_for_certificate(package: Path) -> None:
    _beside(package, ".privacy.json").unlink()
    _beside(package, ".privacy.json").mkdir()


def _replace_zip(package: Path) -> None:
    package.write_bytes(Plan().write(package.parent / "other").read_bytes())


def _rename_all(package: Path) -> None:
    for path in list(package.parent.iterdir()):
        path.rename(path.with_name(path.name.replace(RELEASE, SECOND)))


TOUCHED: tuple[tuple[str, Callable[[Path], object], str], ...] = (
    ("zip missing", lambda p: p.unlink(), "files"),
    ("manifest missing", lambda p: _beside(p, ".manifest.json").unlink(), "files"),
    ("signature missing", lambda p: _beside(p, ".manifest.json.sig").unlink(), "files"),
    ("certificate missing", lambda p: _beside(p, ".privacy.json").unlink(), "files"),
    ("certificate a folder", _folder_for_certificate, "files"),
    ("zip emptied", lambda p: p.write_bytes(b""), "package-digest"),
    ("zip changed", _flip, "package-digest"),
    ("zip cut", lambda p: p.write_bytes(p.read_bytes()[:-1]), "package-digest"),
    ("zip of another sealing", _replace_zip, "package-digest"),
    ("manifest changed", lambda p: _flip(_beside(p, ".manifest.json")), "manifest-signature"),
    ("signature emptied", lambda p: _beside(p, ".manifest.json.sig").write_bytes(b""), "manifest-signature"),
    ("signature binary", lambda p: _beside(p, ".manifest.json.sig").write_bytes(b"\xff\x00"), "manifest-signature"),
    ("signature of another manifest", _resign_with_other, "manifest-signature"),
    ("certificate changed", lambda p: _flip(_beside(p, ".privacy.json")), "privacy-certificate"),
    ("certificate replaced", lambda p: _beside(p, ".privacy.json").write_bytes(document({})), "privacy-certificate"),
    ("renamed as the next revision", _rename_all, "names"),
)
