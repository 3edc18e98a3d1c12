"""What anyone can check who has the four files and the allowed_signers file."""

import hashlib
import re
from datetime import datetime
from typing import Any

from gateway.verifier import shapes
from gateway.verifier.evidence import ENDINGS, Evidence
from gateway.verifier.report import Problem
from gateway.verifier.signatures import signer

_RELEASE = re.compile(r"(LGTJ_[0-9]{6}_[A-Z0-9]+)_(20[0-9]{2})(0[1-9]|1[0-2])_(M|A[0-9]{2})_R([0-9]{2})")
_ENTRY = re.compile(r"([0-9]{2})\.(?:xlsx|csv|json|html)")


def allowed_signers(evidence: Evidence) -> None:
    """The list of keys to trust can be read."""
    if not evidence.trusted:
        raise Problem("allowed_signers 是空的", "allowed_signers is empty")


def files(evidence: Evidence) -> None:
    """All four files are there."""
    if len(evidence.files) != len(ENDINGS):
        raise Problem("文件不全", "files are missing")


def manifest_signature(evidence: Evidence) -> None:
    """The manifest is signed by a key that may sign manifests at this time."""
    armored = evidence.files["signature"].decode("ascii", errors="replace")
    signer(evidence.files["manifest"], armored, "delivery-manifest", evidence.trusted, evidence.at)


def manifest_form(evidence: Evidence) -> None:
    """The manifest has the agreed keys and known algorithms."""
    if evidence.manifest["alg"] != shapes.ALGORITHMS:
        raise Problem("清单使用了未知的算法", "the manifest names unknown algorithms")
    try:
        naive = datetime.fromisoformat(evidence.manifest["sealed_at"]).tzinfo is None
    except ValueError:
        naive = True
    if naive:
        raise Problem("封装时间格式不正确", "the sealing time is malformed")


def names(evidence: Evidence) -> None:
    """File names, manifest, period and revision speak of one release."""
    manifest, (_, stem) = evidence.manifest, evidence.place
    release = manifest["release"]
    match = _RELEASE.fullmatch(release)
    if match is None:
        raise Problem("批次号格式不正确", "the release id is malformed")
    if stem != release:
        raise Problem("文件名与清单中的批次号不符", "the files are named after another release")
    if (manifest["package"]["name"], manifest["privacy"]["name"]) != (f"{release}.zip", f"{release}.privacy.json"):
        raise Problem("清单所列文件名与批次号不符", "the manifest lists files of another release")
    if (manifest["period"], manifest["revision"]) != (f"{match[2]}-{match[3]}", int(match[5])):
        raise Problem("时期或版本与批次号不符", "the period or revision is not that of the release id")


def recipient(evidence: Evidence) -> None:
    """The package is addressed to the recipient that was asked for."""
    if evidence.recipient not in evidence.manifest["recipients"]:
        raise Problem("清单所列收件人是他人", "the manifest names other recipients")


def supersedes(evidence: Evidence) -> None:
    """What it supersedes is an earlier revision of the same series."""
    older = evidence.manifest["supersedes"]
    if older is None:
        return
    own, other = _RELEASE.fullmatch(evidence.manifest["release"]), _RELEASE.fullmatch(older)
    if own is None or other is None or own.groups()[:4] != other.groups()[:4] or int(other[5]) >= int(own[5]):
        raise Problem("所替代的不是同一系列的较早版本", "what it supersedes is no earlier revision of its series")


def package_digest(evidence: Evidence) -> None:
    """The zip is the one that the manifest describes."""
    _same(evidence.files["package"], evidence.manifest["package"])


def privacy_certificate(evidence: Evidence) -> None:
    """The certificate is the one that the manifest describes, passed, and is about this zip."""
    _same(evidence.files["privacy"], evidence.manifest["privacy"])
    certificate = shapes.read_json(evidence.files["privacy"])
    if not isinstance(certificate, dict) or certificate.get("format") != "gateway-privacy/1":
        raise Problem("隐私检查证书的格式未知", "the privacy certificate's format is unknown")
    if certificate.get("alg") != shapes.CERTIFICATE_ALGORITHMS:
        raise Problem("隐私检查证书使用了未知的算法", "the privacy certificate names unknown algorithms")
    if certificate.get("verdict") != "pass":
        raise Problem("隐私检查证书的结论不是通过", "the privacy certificate's verdict is not pass")
    if certificate.get("release") not in (None, evidence.manifest["release"]):
        raise Problem("隐私检查证书属于另一批次", "the privacy certificate is of another release")
    package = evidence.manifest["package"]  # whose digests were compared with the zip before this
    if any(certificate.get(f"package_{name}") != package[name] for name in ("sha256", "sm3")):
        raise Problem("隐私检查证书不是针对这个压缩包的", "the privacy certificate is about another zip")


def archive(evidence: Evidence) -> None:
    """The zip is encrypted and named as agreed, and holds as many entries as the manifest says."""
    found = [entry.name for entry in evidence.entries]
    numbers = [match[1] for name in found[:-2] if (match := _ENTRY.fullmatch(name))]
    if found[-2:] != ["statement.json", "acceptance.txt"] or not numbers:
        raise Problem("条目名称或顺序不符合约定", "the entries' names or order are not as agreed")
    if numbers != [f"{place:02}" for place in range(1, len(found) - 1)]:
        raise Problem("条目名称或顺序不符合约定", "the entries' names or order are not as agreed")
    if len(found) != evidence.manifest["entries"]:
        raise Problem("条目数与清单不符", "the number of entries is not the manifest's")


def _same(data: bytes, described: dict[str, Any]) -> None:
    found = {
        "bytes": len(data),
        "sha256": hashlib.sha256(data).hexdigest(),
        "sm3": hashlib.new("sm3", data).hexdigest(),
    }
    for name, value in found.items():
        if described[name] != value:
            raise Problem(f"{name} 与清单不符", f"its {name} is not the manifest's")
