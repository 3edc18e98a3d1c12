"""A ledger is held to the heads that were given out, and a head to its signature."""

import hashlib
import json
from pathlib import Path
from typing import Any

import pytest

from gateway.base import sshsig
from gateway.verifier import Report, verify_ledger
from tests.package_factory import ALLOWED_SIGNERS, BUREAU, GATEWAY, STEWARD_A, STRANGER, document
from tests.verifier.test_ledger import canonical, entries, rehash, write

ALG = {"digest": "sha256+sm3", "signature": "sshsig-ed25519-sha512"}


def sm3(rows: list[Any]) -> str:
    """Over what the entries' hashes cover, from the description."""
    data = b""
    for seq, at, kind, release, actor, body, prev, _ in rows:
        entry = {"seq": seq, "at": at, "kind": kind, "release": release, "actor": actor, "prev": prev}
        data += (canonical({**entry, "body": json.loads(body)}) + "\n").encode()
    return hashlib.new("sm3", data).hexdigest()


def checkpoint(
    folder: Path, rows: list[Any], *, key: bytes = GATEWAY, namespace: str = sshsig.CHECKPOINT, **but: Any
) -> Path:
    data = document(
        {
            "format": "gateway-checkpoint/1",
            "alg": ALG,
            "sender": "gateway",
            "at": "2026-11-03T09:00:00+08:00",
            "ledger": {"length": len(rows), "head": rows[-1][7]},
            "sm3": sm3(rows),
        }
        | but
    )
    path = folder / "000006.json"
    path.write_bytes(data)
    path.with_name(path.name + ".sig").write_text(sshsig.sign(data, key, namespace))
    return path


def held(folder: Path, *against: Any, rows: list[Any] | None = None) -> Report:
    path = write(folder / "ledger.db", rows or entries())
    return verify_ledger(path, *against, allowed_signers=ALLOWED_SIGNERS)


def test_a_signed_checkpoint_of_a_ledger_that_went_on_fits(tmp_path: Path) -> None:
    assert held(tmp_path, checkpoint(tmp_path, entries()[:4])).valid


@pytest.mark.parametrize(
    ("forge", "reason"),
    [
        ({"key": STRANGER}, "not on the list"),
        ({"key": STEWARD_A}, "may not sign"),
        ({"key": BUREAU}, "may not sign"),
        ({"namespace": sshsig.MANIFEST}, "not one for ledger-checkpoint"),
        ({"alg": {"digest": "md5"}}, "unknown algorithms"),
        ({"alg": {**ALG, "second": "sm2"}}, "unknown algorithms"),
        ({"format": "gateway-checkpoint/2"}, "unknown format"),
        ({"at": "2026-11-03T09:00:00"}, "no zone"),
        ({"at": "now"}, "no time"),
        ({"ledger": {"length": "6", "head": ""}}, "malformed"),
        ({"ledger": None}, "malformed"),
        ({"sm3": "0" * 64}, "rewritten"),
    ],
    ids=lambda value: value if isinstance(value, str) else ",".join(value),
)
def test_a_checkpoint_that_is_not_the_gateways_is_no_proof(tmp_path: Path, forge: dict[str, Any], reason: str) -> None:
    report = held(tmp_path, checkpoint(tmp_path, entries(), **forge))
    assert not report.valid
    assert report.checks[-1].name == "ledger-head"
    assert reason in report.checks[-1].en


def test_a_checkpoint_without_its_signature_or_changed_is_no_proof(tmp_path: Path) -> None:
    path = checkpoint(tmp_path, entries())
    path.write_bytes(path.read_bytes().replace(b'"gateway"', b'"getaway"'))
    assert not held(tmp_path, path).valid
    path.with_name(path.name + ".sig").unlink()
    assert "no signature" in held(tmp_path, path).checks[-1].en


def test_without_allowed_signers_a_signed_head_counts_for_nothing(tmp_path: Path) -> None:
    path = write(tmp_path / "ledger.db", entries())
    assert not verify_ledger(path, checkpoint(tmp_path, entries())).valid


def test_the_first_bad_entry_is_looked_for_between_the_heads(tmp_path: Path) -> None:
    """Someone rewrites entry 5 and all hashes after it: the heads at 2 and 4 still fit, the one at 6 does not."""
    kept = [{"length": row[0], "head": row[7]} for row in entries() if row[0] % 2 == 0]
    rows = entries()
    rows[4][4] = "someone else"
    report = held(tmp_path, *kept, rows=rehash(rows, 4))
    assert (report.valid, report.first_bad) == (False, 5)
    assert "one of the entries 5 to 6" in report.checks[-1].en


def test_an_old_backup_is_named_as_such(tmp_path: Path) -> None:
    report = held(tmp_path, checkpoint(tmp_path, entries()), rows=entries()[:4])
    assert (report.valid, report.first_bad) == (False, 5)
    assert "old backup" in report.checks[-1].en


def test_a_ledger_without_its_triggers_is_found(tmp_path: Path) -> None:
    import sqlite3
    from contextlib import closing

    path = write(tmp_path / "ledger.db", entries())
    for statement in ("DROP TRIGGER ledger_continues", "CREATE TABLE more (x)"):
        with closing(sqlite3.connect(path)) as connection, connection:
            connection.execute(statement)
        assert [check.name for check in verify_ledger(path).checks if not check.passed] == ["ledger-guards"]
