"""Checks on what can be seen without the passphrase. Each asks one thing and raises Failed."""

from datetime import datetime

from gateway.base.canonical import digests
from gateway.base.errors import InputError
from gateway.base.sshsig import MANIFEST
from gateway.model.documents import ALGORITHMS, CERTIFICATE_ALGORITHMS, PackageFile
from gateway.model.release import ReleaseId
from gateway.receiving.case import Case, read_json
from gateway.receiving.failed import Failed
from gateway.receiving.found import Part

_CERTIFICATE = "gateway-privacy/1"


def files(case: Case) -> None:
    """All four files are there. The signature is published last: without it, the package does not exist yet."""
    missing = "、".join(f"*{part.value}" for part in case.found.missing())
    if missing:
        raise Failed(f"缺少 {missing}", f"missing: {missing.replace('、', ', ')}")
    for part in Part:
        case.raw(part)


def manifest_signature(case: Case) -> None:
    """The manifest is signed as a manifest, by a key that may do so now."""
    armored = case.raw(Part.SIGNATURE).decode("ascii", errors="replace")
    case.signed_by(case.raw(Part.MANIFEST), armored, MANIFEST)


def manifest_form(case: Case) -> None:
    """The manifest is a manifest, and we know each of its algorithms."""
    if case.manifest.alg != ALGORITHMS:
        raise Failed("交付清单使用了未知的算法", "the manifest names algorithms that are not known here")
    try:
        aware = datetime.fromisoformat(case.manifest.sealed_at).utcoffset() is not None
    except ValueError:
        aware = False
    if not aware:
        raise Failed("封装时间格式不正确", "the sealing time is malformed")
    if case.manifest.ledger.length < 0:
        raise Failed("账本长度不能为负", "the ledger's length can't be negative")


def names(case: Case) -> None:
    """The files, the manifest and its period and revision all speak of one release."""
    manifest = case.manifest
    try:
        release = ReleaseId.parse(manifest.release)
    except InputError as error:
        raise Failed(error.zh, error.en) from error
    if case.found.stem != manifest.release:
        raise Failed("文件名与清单中的批次号不符", "the files are named after another release than the manifest's")
    beside = (manifest.package.name, manifest.privacy.name)
    if beside != (manifest.release + Part.PACKAGE, manifest.release + Part.PRIVACY):
        raise Failed("清单所列文件名与批次号不符", "the manifest lists files that are named after another release")
    if (manifest.period, manifest.revision) != (str(release.period), release.revision):
        raise Failed("清单的时期或版本与批次号不符", "the manifest's period or revision is not the release id's")


def recipient(case: Case) -> None:
    """The package is for us."""
    if case.receiver.recipient not in case.manifest.recipients:
        raise Failed("清单所列收件人不是本接收人", "the manifest names other recipients")


def supersedes(case: Case) -> None:
    """What it says to supersede is an earlier revision of the same series. One that never came here is no obstacle:
    it may have been withdrawn before it was sent."""
    if case.manifest.supersedes is None:
        return
    try:
        own, other = ReleaseId.parse(case.manifest.release), ReleaseId.parse(case.manifest.supersedes)
    except InputError as error:
        raise Failed(error.zh, error.en) from error
    same = (own.division, own.platform, own.period, own.kind) == (
        other.division,
        other.platform,
        other.period,
        other.kind,
    )
    if not same or other.revision >= own.revision:
        raise Failed(
            "所替代的批次不是同一系列的较早版本", "what it supersedes is not an earlier revision of its series"
        )


def package_digest(case: Case) -> None:
    """The zip is the one that the manifest describes: size, SHA-256, SM3."""
    _is_described(case.raw(Part.PACKAGE), case.manifest.package)


def privacy_certificate(case: Case) -> None:
    """The certificate is the one that the manifest describes, passed, and is about this very zip."""
    data = case.raw(Part.PRIVACY)
    _is_described(data, case.manifest.privacy)
    certificate = read_json(data)
    if not isinstance(certificate, dict) or certificate.get("format") != _CERTIFICATE:
        raise Failed("隐私检查证书的格式未知", "the privacy certificate's format is unknown")
    if certificate.get("alg") != CERTIFICATE_ALGORITHMS:
        raise Failed("隐私检查证书使用了未知的算法", "the privacy certificate names algorithms that are not known here")
    if certificate.get("verdict") != "pass":
        raise Failed("隐私检查证书的结论不是通过", "the privacy certificate's verdict is not pass")
    package = case.manifest.package
    about = (certificate.get("package_sha256"), certificate.get("package_sm3"))
    if about != (package.sha256, package.sm3) or certificate.get("release") not in (None, case.manifest.release):
        raise Failed("隐私检查证书不是针对这个压缩包的", "the privacy certificate is about another zip")


def archive(case: Case) -> None:
    """The zip is encrypted as agreed, holds as many entries as the manifest says, and nothing besides."""
    if len(case.archive.names) != case.manifest.entries:
        raise Failed("压缩包条目数与清单不符", "the zip holds another number of entries than the manifest says")


def _is_described(data: bytes, described: PackageFile) -> None:
    if len(data) != described.bytes:
        raise Failed(
            f"大小为 {len(data)} 字节，清单为 {described.bytes} 字节",
            f"it has {len(data)} bytes, the manifest says {described.bytes}",
        )
    for name, value in digests(data).items():
        if value != getattr(described, name):
            raise Failed(f"{name.upper()} 与清单不符", f"its {name.upper()} is not the manifest's")
