"""The documents on the wire: statement, manifest, receipt. Strict both ways: an unknown key is refused.

``statement.json`` travels inside the package and is what two data stewards approve; ``<id>.manifest.json`` travels
beside it and is what the gateway signs; ``<id>.R1.json`` comes back. Times are ISO 8601 with offset."""

from typing import Literal

from pydantic import Field

from gateway.model.table import Declaration

Digest = str


class FileEntry(Declaration):
    """One plain file of the package, under its neutral entry name."""

    entry: str
    role: Literal["workbook", "table", "dictionary", "metadata", "validation", "certificate"]
    title: str
    bytes: int = Field(ge=0)
    rows: int | None = Field(ge=0)
    sha256: Digest
    sm3: Digest


class Gate(Declaration):
    """A stage's verdict with the digest of its (secret or public) certificate; counts only."""

    passed: bool
    checked: int = Field(ge=0)
    certificate: Digest


class Statement(Declaration):
    """What the two data stewards approve: digests of everything that is sent and of everything it rests on.

    ``round``: how often the release was opened; an approval of an earlier round does not fit a later one."""

    format: Literal["gateway-statement/1"]
    alg: dict[str, str]
    release: str
    agreement: str
    agreement_digest: Digest
    period: str
    revision: int = Field(ge=1)
    round: int = Field(ge=1)
    supersedes: str | None
    reason: str | None
    operator: str
    files: tuple[FileEntry, ...]
    declarations: dict[str, Digest]
    disclosure: Gate
    quality: Gate
    privacy: Gate
    history_head: Digest
    software: str


class Approval(Declaration):
    """One steward's sshsig signature (namespace release-approval) over the statement's bytes."""

    steward: str
    signature: str


class PackageFile(Declaration):
    """A file beside the manifest."""

    name: str
    bytes: int = Field(ge=0)
    sha256: Digest
    sm3: Digest


class LedgerHead(Declaration):
    """The ledger's length and last hash: proof against rewriting."""

    length: int
    head: Digest


class Checkpoint(Declaration):
    """The ledger's head at a moment, signed in the namespace ledger-checkpoint.

    ``sm3``: over the bytes that the entries' SHA-256 hashes cover, one entry after the other."""

    format: Literal["gateway-checkpoint/1"]
    alg: dict[str, str]
    sender: str
    at: str
    ledger: LedgerHead
    sm3: Digest


class Manifest(Declaration):
    """What is sent, whose, how many, approved by whom, due when."""

    format: Literal["gateway-manifest/1"]
    alg: dict[str, str]
    release: str
    agreement: str
    sender: str
    recipients: tuple[str, ...] = Field(min_length=1, max_length=2)
    period: str
    revision: int = Field(ge=0)
    supersedes: str | None
    due: str | None
    sealed_at: str
    package: PackageFile
    privacy: PackageFile
    entries: int = Field(ge=0)
    statement_sha256: Digest
    statement_sm3: Digest
    acceptance_sha256: Digest
    approvals: tuple[Approval, ...]
    ledger: LedgerHead


class Check(Declaration):
    """One named check and, where it failed, why."""

    name: str
    passed: bool
    reason: str


class Receipt(Declaration):
    """What the receiver did with a package. ``acceptance`` is the code found inside it: proof of decryption.

    ``package_…`` and ``manifest_…`` say which package, by its signed manifest; ``received_…`` are over the bytes that
    lay there, whatever they were (the received-content-MIC of an AS2 notification, RFC 4130, 7.4.3)."""

    format: Literal["gateway-receipt/1"]
    kind: Literal["R1", "R2"]
    alg: dict[str, str]
    release: str
    package_sha256: Digest
    package_sm3: Digest
    manifest_sha256: Digest
    manifest_sm3: Digest
    received_sha256: Digest
    received_sm3: Digest
    arrived_at: str
    decrypted_at: str | None
    confirmed_at: str
    disposition: str
    checks: tuple[Check, ...]
    acceptance: str | None
    receiver: str
    register_number: int
    ledger: LedgerHead
    previous: Digest | None


class Decision(Declaration):
    """What a steward signs (namespace release-approval) to return a release to be built again, or to reject it."""

    format: Literal["gateway-decision/1"]
    alg: dict[str, str]
    release: str
    statement_sha256: Digest
    decision: Literal["return", "reject"]
    reason: str


class Clearance(Declaration):
    """What a steward signs (namespace release-approval) to let findings of the tier MEDIUM pass: they are no personal
    data. ``marks``: keyed digests of the texts; ``findings``: how many there are of each entity."""

    format: Literal["gateway-clearance/1"]
    alg: dict[str, str]
    release: str
    certificate_sha256: Digest
    findings: dict[str, int]
    marks: tuple[str, ...] = Field(min_length=1)
    reason: str


class Evidence(Declaration):
    """A file that was entered by digest."""

    bytes: int = Field(ge=1)
    sha256: Digest
    sm3: Digest


class Confirmation(Declaration):
    """R2 as the operator entered it: a named person confirmed the receipt, by the acceptance code or on a stamped slip.

    ``previous``: SHA-256 of the receipt or confirmation before it."""

    format: Literal["gateway-confirmation/1"]
    alg: dict[str, str]
    release: str
    package_sha256: Digest
    package_sm3: Digest
    manifest_sha256: Digest
    manifest_sm3: Digest
    person: str
    basis: Literal["acceptance-code", "stamped-slip"]
    acceptance: str | None
    evidence: Evidence | None
    received_at: str | None
    entered_at: str
    entered_by: str
    previous: Digest | None


ALGORITHMS = {
    "digest": "sha256+sm3",
    "cipher": "zip-aes256-ae2",
    "signature": "sshsig-ed25519-sha512",
}

STATEMENT_ALGORITHMS = {"digest": "sha256+sm3"}
CHECKPOINT_ALGORITHMS = {"digest": "sha256+sm3", "signature": "sshsig-ed25519-sha512"}
CERTIFICATE_ALGORITHMS = {"digest": "sha256+sm3"}
"""Of the privacy certificate beside a package."""

DECISION_ALGORITHMS = {"digest": "sha256", "signature": "sshsig-ed25519-sha512"}
