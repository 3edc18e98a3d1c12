"""Real packages, built from the description of the wire alone: real zips, real signatures, any part of them wrong.

Nothing of ``gateway.package`` is used here: what the platform's side writes and what the bureau's side accepts are
held against the same description independently."""

import hashlib
import io
import json
import warnings
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pyzipper

from gateway.base import sshsig

NOW = datetime(2026, 11, 3, 1, 30, tzinfo=UTC)
RELEASE = "LGTJ_220300_LHYG_202610_M_R01"
PASSPHRASE = "ABCDEFGHIJKLMNOPQRSTUVWX"
CODE = "ABCD-EFGH-2345"
RECIPIENT = "data-manager-1"

GATEWAY, STEWARD_A, STEWARD_B, OPERATOR, BUREAU, STRANGER, EXPIRED = (sshsig.generate_key() for _ in range(7))

Entries = list[tuple[str, bytes]]
JSON = dict[str, Any]


def line(principal: str, options: str, key: bytes) -> str:
    return f"{principal} {options} {sshsig.public_line(key)}\n"


ALLOWED_SIGNERS = (
    line("gateway", 'namespaces="delivery-manifest,ledger-checkpoint"', GATEWAY)
    + line("steward-a", 'namespaces="release-approval"', STEWARD_A)
    + line("steward-b", 'namespaces="release-approval"', STEWARD_B)
    + line("operator", 'namespaces="release-approval"', OPERATOR)
    + line("steward-old", 'namespaces="release-approval",valid-before="20260101"', EXPIRED)
    + line("gateway-old", 'namespaces="delivery-manifest",valid-before="20260101"', EXPIRED)
    + line(RECIPIENT, 'namespaces="delivery-receipt"', BUREAU)
)

CSV = (
    "TIME_PERIOD,region_code,region,openings,openings_status,ratio,ratio_status\r\n"
    "2026-10,220300,四平市,37,A,0.16,A\r\n"
    "2026-10,220302,铁西区,,C,,C\r\n"
    "2026-10,220303,铁东区,0,A,,M\r\n"
).encode("utf-8-sig")
DICTIONARY = "entry,column,title\r\n02.csv,openings,岗位数\r\n".encode("utf-8-sig")


def plain(entry: str, role: str, data: bytes, rows: int | None = None) -> tuple[JSON, bytes]:
    return {"entry": entry, "role": role, "title": f"表 {entry}", "rows": rows, **measured(data)}, data


def measured(data: bytes) -> JSON:
    return {"bytes": len(data), "sha256": sha(data), "sm3": hashlib.new("sm3", data).hexdigest()}


def sha(data: bytes) -> str:
    return hashlib.sha256(data).hexdigest()


def document(value: Any) -> bytes:
    return json.dumps(value, ensure_ascii=False, indent=2).encode() + b"\n"


@dataclass(kw_only=True)
class Plan:
    """A package to be built. As it is, a good one; each field makes something else of it."""

    release: str = RELEASE
    passphrase: str = PASSPHRASE
    files: list[tuple[JSON, bytes]] = field(
        default_factory=lambda: [
            plain("01.xlsx", "workbook", b"PK workbook"),
            plain("02.csv", "table", CSV, 3),
            plain("03.csv", "dictionary", DICTIONARY, 1),
            plain("04.json", "metadata", b"{}\n"),
            plain("05.html", "validation", "<p>核对</p>".encode()),
        ]
    )
    statement: JSON = field(default_factory=dict)
    manifest: JSON = field(default_factory=dict)
    privacy: JSON = field(default_factory=dict)
    approvers: Sequence[tuple[str, bytes]] = (("steward-a", STEWARD_A), ("steward-b", STEWARD_B))
    approval_namespace: str = sshsig.APPROVAL
    approved: Callable[[bytes], bytes] = lambda statement: statement
    sealed: Callable[[Entries], Entries] = lambda entries: entries
    zipped: Callable[[bytes], bytes] = lambda data: data
    written: Callable[[bytes], bytes] = lambda manifest: manifest
    acceptance: bytes = CODE.encode() + b"\n"
    key: bytes = GATEWAY
    namespace: str = sshsig.MANIFEST
    stem: str | None = None
    nbits: int = 256
    ae: int = 2

    def write(self, folder: Path, sign: Callable[[bytes, bytes, str], str] = sshsig.sign) -> Path:
        """Writes the four files; returns the zip's path. ``sign``: (message, key, namespace) → armored signature."""
        statement = document(self._statement())
        entries = [(described["entry"], data) for described, data in self.files]
        entries = self.sealed([*entries, ("statement.json", statement), ("acceptance.txt", self.acceptance)])
        package = self.zipped(make_zip(entries, self.passphrase, nbits=self.nbits, ae=self.ae))
        privacy = document(
            {
                "format": "gateway-privacy/1",
                "alg": {"digest": "sha256+sm3"},
                "verdict": "pass",
                "package_sha256": sha(package),
                "package_sm3": measured(package)["sm3"],
            }
            | self.privacy
        )
        manifest = self.written(document(self._manifest(statement, package, privacy, len(entries), sign)))
        folder.mkdir(parents=True, exist_ok=True)
        stem = folder / (self.stem or self.release)
        package_path = stem.with_name(stem.name + ".zip")
        package_path.write_bytes(package)
        stem.with_name(stem.name + ".privacy.json").write_bytes(privacy)
        stem.with_name(stem.name + ".manifest.json").write_bytes(manifest)
        signature = sign(manifest, self.key, self.namespace)
        stem.with_name(stem.name + ".manifest.json.sig").write_text(signature)
        return package_path

    def _statement(self) -> JSON:
        gate = {"passed": True, "checked": 12, "certificate": "c" * 64}
        return {
            "format": "gateway-statement/1",
            "alg": {"digest": "sha256+sm3"},
            "release": self.release,
            "agreement": "004",
            "agreement_digest": "a" * 64,
            "period": "2026-10",
            "revision": int(self.release[-2:]),
            "supersedes": None,
            "reason": None,
            "operator": "operator",
            "files": [described for described, _ in self.files],
            "declarations": {"supply": "d" * 64},
            "disclosure": gate,
            "quality": gate,
            "privacy": gate,
            "history_head": "e" * 64,
            "software": "gateway 0.1.0",
            "round": 1,
        } | self.statement

    def _manifest(
        self,
        statement: bytes,
        package: bytes,
        privacy: bytes,
        entries: int,
        sign: Callable[[bytes, bytes, str], str] = sshsig.sign,
    ) -> JSON:
        approvals = [
            {"steward": name, "signature": sign(self.approved(statement), key, self.approval_namespace)}
            for name, key in self.approvers
        ]
        return {
            "format": "gateway-manifest/1",
            "alg": {"digest": "sha256+sm3", "cipher": "zip-aes256-ae2", "signature": "sshsig-ed25519-sha512"},
            "release": self.release,
            "agreement": "004",
            "sender": "LHYG",
            "recipients": [RECIPIENT],
            "period": "2026-10",
            "revision": int(self.release[-2:]),
            "supersedes": None,
            "due": "2026-11-05",
            "sealed_at": "2026-11-02T16:00:00+08:00",
            "package": {"name": f"{self.release}.zip", **measured(package)},
            "privacy": {"name": f"{self.release}.privacy.json", **measured(privacy)},
            "entries": entries,
            "statement_sha256": sha(statement),
            "statement_sm3": measured(statement)["sm3"],
            "acceptance_sha256": sha(self.acceptance.strip()),
            "approvals": approvals,
            "ledger": {"length": 7, "head": "f" * 64},
        } | self.manifest


def make_zip(entries: Entries, passphrase: str, *, nbits: int = 256, ae: int = 2) -> bytes:
    out = io.BytesIO()
    with pyzipper.AESZipFile(out, "w", compression=pyzipper.ZIP_DEFLATED) as archive:
        archive.setpassword(passphrase.encode())
        archive.setencryption(pyzipper.WZ_AES, nbits=nbits, force_wz_aes_version=ae)
        for name, data in entries:
            info = pyzipper.zipfile_aes.AESZipInfo(filename=name, date_time=(1980, 1, 1, 0, 0, 0))
            info.compress_type = pyzipper.ZIP_DEFLATED
            with warnings.catch_warnings():
                warnings.simplefilter("ignore")  # a name twice is what some attacks want
                archive.writestr(info, data)
    return out.getvalue()
