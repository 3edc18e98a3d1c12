"""Sealing an approved release: the package, the search through exactly its bytes, the signed manifest.

Nothing of it is sent before all four files lie in the release's folder and the ledger holds the package's digest. The
passphrase and the acceptance code are random and stay in the keyring."""

import secrets
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from gateway.base.canonical import digest, digest_file, encode_for_people
from gateway.base.errors import ConfigurationError, IntegrityError, PersonalDataError
from gateway.base.files import write_atomic
from gateway.base.sshsig import MANIFEST, sign, verify
from gateway.ledger import ReleaseView, head_of
from gateway.model.documents import Approval, Manifest
from gateway.model.release import Event, ReleaseId
from gateway.package import (
    build_manifest,
    check_contents,
    document_bytes,
    new_acceptance_code,
    new_passphrase,
    open_package,
    package_entries,
    seal,
)
from gateway.release.build.comparing import compared_before
from gateway.release.build.corridor import Book, note
from gateway.release.build.drafts import Drafts
from gateway.release.build.gates import check_verdict, search_package
from gateway.release.build.stages import OPEN_NAMES
from gateway.release.review.approving import approvals
from gateway.release.sending.managers import managers
from gateway.release.site.deployment import SIGNING_KEY, Deployment
from gateway.release.site.store import Progress
from gateway.release.terms.requests import due_date

_NOTHING_MORE = ("没有密封，也没有发送其他内容", "nothing was sealed, nothing else was sent")


@dataclass(frozen=True, kw_only=True)
class Package:
    """The four files of a sealed release, in the order in which they are published."""

    folder: Path
    release: str

    @property
    def names(self) -> tuple[str, str, str, str]:
        """The signature is last: an unsigned package does not exist yet."""
        release = self.release
        return f"{release}.zip", f"{release}.privacy.json", f"{release}.manifest.json", f"{release}.manifest.json.sig"

    @property
    def paths(self) -> tuple[Path, ...]:
        """Where they lie."""
        return tuple(self.folder / name for name in self.names)

    @property
    def whole(self) -> bool:
        """Whether all four exist."""
        return all(path.is_file() for path in self.paths)


def package_of(deployment: Deployment, release: str) -> Package:
    """The place of a release's package, whether or not it exists."""
    return Package(folder=deployment.var / "releases" / release / "package", release=release)


def passphrase_name(release: str) -> str:
    """The keyring's name of a package's passphrase."""
    return f"passphrase-{release}"


def acceptance_name(release: str) -> str:
    """The keyring's name of a package's acceptance code."""
    return f"acceptance-{release}"


def sealed(deployment: Deployment, view: ReleaseView, now: datetime, progress: Progress) -> Package:
    """The sealed package of an approved release, made if it is not there yet.

    Raises AwaitingApprovalError without two valid approvals, PersonalDataError (and the release is BLOCKED) when
    something is found in the sealed bytes, IntegrityError when a package that was already sent is damaged."""
    package = package_of(deployment, view.release)
    kept = view.package and package.whole and digest_file(package.paths[0]) == view.package
    if kept and (view.proofs or _still_signed(deployment, package, now)):  # what has begun to arrive stays as it is
        return package
    if view.proofs:
        raise IntegrityError(
            f"{view.release} 的数据包已开始发送，但本地文件缺失或已改变",
            f"the package of {view.release} was already being sent, but its local files are missing or changed",
            safe=("没有发送其他内容", "nothing else was sent"),
            next=f"gateway supersede {ReleaseId.parse(view.release).period} --reason …",
        )
    check_signing_key(deployment, now)  # an expired key is told before the work, not after it
    managers(deployment, now)
    approved = approvals(deployment, view, now)
    try:
        return _seal(deployment, view, approved, package, now, progress)
    except PersonalDataError as error:  # any other failure leaves the approvals as they are
        note(deployment, Event.BLOCKED, view.release, deployment.settings.operator, {"reason": error.code}, now)
        raise


def check_signing_key(deployment: Deployment, now: datetime) -> None:
    """That the gateway can sign a manifest now. A delivery ends with a signature too: that of the ledger's head.

    Raises ConfigurationError when the key is missing, IntegrityError when no one would accept it."""
    try:
        _signed(deployment, b"", now)
    except ConfigurationError as error:
        error.safe = _NOTHING_MORE
        raise


def check_whole(package: Package, view: ReleaseView) -> None:
    """Raises IntegrityError unless the four files belong together and are those that the ledger knows."""
    archive, privacy, manifest, _ = package.paths
    document = Manifest.model_validate_json(manifest.read_bytes())
    found = (digest_file(archive), digest_file(privacy), view.package)
    if found != (document.package.sha256, document.privacy.sha256, document.package.sha256):
        raise IntegrityError(
            f"{view.release} 的四个文件不属于同一次密封",
            f"the four files of {view.release} are not of one sealing",
            safe=("没有发送任何内容", "nothing was sent"),
            next=f"gateway withdraw {view.release} --reason …",
        )


def _still_signed(deployment: Deployment, package: Package, now: datetime) -> bool:
    """Whether the manifest's signature would be accepted now: its key has not expired or been ended since."""
    manifest, signature = (path.read_bytes() for path in package.paths[2:])
    signers = deployment.allowed_signers()
    try:
        verify(manifest, signature.decode("ascii", errors="replace"), MANIFEST, signers, now)
    except IntegrityError:
        return False
    return True


def _seal(
    deployment: Deployment,
    view: ReleaseView,
    approved: Sequence[Approval],
    package: Package,
    now: datetime,
    progress: Progress,
) -> Package:
    keyring, release = deployment.keyring, view.release
    store = deployment.store(release, OPEN_NAMES)
    statement, drafts = store.get("statement.json"), Drafts.read(store)
    passphrase, code = new_passphrase(secrets.token_bytes), new_acceptance_code(secrets.token_bytes)
    archive = seal(package_entries(drafts.contents, statement, code), passphrase)
    check_contents(open_package(archive, passphrase), statement, code)
    before = compared_before(deployment, store)
    searched = store.get_json("privacy-drafts.json")
    certificate = search_package(deployment, release, archive, passphrase, before, searched, now, progress)
    privacy = encode_for_people(certificate)
    write_atomic(package.paths[1], privacy)
    check_verdict(certificate, package.paths[1])
    terms, book = deployment.terms, Book.read(deployment)
    manifest = document_bytes(
        build_manifest(
            statement=statement,
            package=archive,
            privacy=privacy,
            acceptance=code,
            sender=terms.platform.sender,
            recipients=[recipient.id for recipient in managers(deployment, now)],
            due=due_date(deployment, ReleaseId.parse(release)),
            sealed_at=now,
            approvals=approved,
            ledger=head_of(book.entries),
        )
    )
    signature = _signed(deployment, manifest, now)
    keyring.put_sealed(passphrase_name(release), passphrase.encode())
    keyring.put_sealed(acceptance_name(release), code.encode())
    for path, data in zip(package.paths, (archive, privacy, manifest, signature.encode()), strict=True):
        write_atomic(path, data)
    book.record(Event.SEALED, release, deployment.settings.operator, {"package": digest(archive)}, now)
    return package


def _signed(deployment: Deployment, manifest: bytes, now: datetime) -> str:
    """The gateway's signature. Raises IntegrityError when its key may not sign manifests now: none would accept it."""
    signature = sign(manifest, deployment.keyring.get(SIGNING_KEY), MANIFEST)
    try:
        signer = verify(manifest, signature, MANIFEST, deployment.allowed_signers(), now)
    except IntegrityError as error:
        error.safe = error.safe or _NOTHING_MORE
        again = f"gateway keys rotate {deployment.terms.platform.sender}"
        error.next = error.next or (again, again)
        raise
    if signer.principal != deployment.terms.platform.sender:
        raise IntegrityError("签名密钥不是报送方的", "the signing key is not the sender's", next="gateway keys list")
    return signature
