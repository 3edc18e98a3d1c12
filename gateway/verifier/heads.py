"""Ledger heads that someone kept: on a manifest, a checkpoint, a receipt, or copied from a transfer slip.

A document of the gateway counts only with its signature, made by a key that might sign it at the time that it names. A
bare ``{"length", "head"}`` is the word of whoever brings it."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

from gateway.verifier import shapes
from gateway.verifier.report import Problem
from gateway.verifier.signatures import signer, trusted_keys

CHECKPOINT_ALGORITHMS = {"digest": "sha256+sm3", "signature": "sshsig-ed25519-sha512"}
_SIGNED = {  # format: namespace, when it was signed, its algorithms
    "gateway-manifest/1": ("delivery-manifest", "sealed_at", shapes.ALGORITHMS),
    "gateway-checkpoint/1": ("ledger-checkpoint", "at", CHECKPOINT_ALGORITHMS),
    "gateway-receipt/1": ("delivery-receipt", "confirmed_at", shapes.ALGORITHMS),
}
_MALFORMED = ("所给的账本头格式不正确", "the head to compare with is malformed")


@dataclass(frozen=True, slots=True, kw_only=True)
class Head:
    """``length`` entries, the last of which has the hash ``head``; ``sm3``: over all of them, where it was kept."""

    length: int
    head: str
    sm3: str | None = None


def kept(source: Mapping[str, Any] | Path, allowed_signers: str | None) -> Head:
    """The head in ``source``: a document, or the file of one, whose signature ``<file>.sig`` must hold.

    Raises Problem. A file that is signed can't be read without ``allowed_signers``."""
    if not isinstance(source, Path):
        return _head(source)
    try:
        data = source.read_bytes()
    except OSError as error:
        raise Problem(f"{source.name} 无法读取", f"{source.name} can't be read") from error
    document = shapes.read_json(data)
    if not isinstance(document, dict):
        raise Problem(*_MALFORMED)
    if "format" in document:
        _check_signature(source, data, document, allowed_signers)
        return _head({**_inner(document), "sm3": document.get("sm3")})
    return _head(document)


def _inner(document: Mapping[str, Any]) -> dict[str, Any]:
    ledger = document.get("ledger")
    if not isinstance(ledger, dict):
        raise Problem(*_MALFORMED)
    return {key: ledger.get(key) for key in ("length", "head")}


def _check_signature(path: Path, data: bytes, document: Mapping[str, Any], allowed_signers: str | None) -> None:
    known = _SIGNED.get(str(document["format"]))
    if known is None:
        raise Problem(f"{path.name} 的格式未知", f"{path.name} is of an unknown format")
    namespace, when, algorithms = known
    if document.get("alg") != algorithms:
        raise Problem(f"{path.name} 使用了未知的算法", f"{path.name} names unknown algorithms")
    if allowed_signers is None:
        raise Problem(f"核验 {path.name} 需要 allowed_signers", f"{path.name} can't be checked without allowed_signers")
    try:
        at = datetime.fromisoformat(str(document.get(when)))
        armored = path.with_name(path.name + ".sig").read_text(encoding="ascii")
    except (OSError, ValueError) as error:
        raise Problem(f"{path.name} 没有可用的签名或时间", f"{path.name} has no signature or no time") from error
    if at.tzinfo is None:
        raise Problem(f"{path.name} 的时间没有时区", f"the time of {path.name} has no zone")
    signer(data, armored, namespace, trusted_keys(allowed_signers), at)


def _head(document: Mapping[str, Any]) -> Head:
    length, head, sm3 = document.get("length"), document.get("head"), document.get("sm3")
    if not isinstance(length, int) or isinstance(length, bool) or length < 0 or not isinstance(head, str):
        raise Problem(*_MALFORMED)
    if sm3 is not None and not isinstance(sm3, str):
        raise Problem(*_MALFORMED)
    return Head(length=length, head=head, sm3=sm3)
