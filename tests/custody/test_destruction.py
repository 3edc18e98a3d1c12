"""The end of a holding: who has to be asked, what is shredded, and that not sixteen bytes of it are left anywhere."""

import io
import json
import shutil
import subprocess
import tarfile
import tempfile
from pathlib import Path

import pytest
import pyzipper

from gateway.base.errors import InputError, IntegrityError
from gateway.base.files import write_atomic
from gateway.base.shred import shred, shred_folder
from gateway.custody import (
    PERMISSION,
    RECEIPT,
    CustodyRefusedError,
    Reason,
    State,
    clear,
    destroy,
    end,
    give_back,
    open_holding,
    permit,
    request,
    returned,
)
from gateway.custody.proof import CERTIFICATE, certificate
from gateway.release.site.deployment import load_deployment
from gateway.release.upkeep.backup import _key, make_backup, restore_backup
from tests.custody.conftest import CONTENT, EDUCATION, MEDICAL, House
from tests.custody.traces import found_in, runs, traces

PASSPHRASE = "only for this drill"
WANTED = runs(CONTENT)


def held(house: House, agreement: str = "hardship-000", person: str = "reviewer_a", **changes: object) -> str:
    house.ready(agreement, person)
    return house.adds(person, agreement=agreement, **changes).id


def ends(house: House, holding: str, event: str, person: str = "reviewer_a") -> None:
    with house.stay(person) as stay:
        end(stay, holding, event, house.now)


def test_the_search_finds_what_is_there(house: House, tmp_path: Path) -> None:
    """The attack is real: it finds the plain copy, and every disguise that it claims to see through."""
    import base64
    import gzip

    house.file()
    assert traces([tmp_path], WANTED) == [house.inbox / "proof.pdf"]
    for data in (CONTENT[5:21], base64.b64encode(CONTENT), CONTENT.hex().encode(), gzip.compress(CONTENT)):
        assert found_in(data, WANTED)
    assert not found_in(CONTENT[5:20], WANTED)


def test_nothing_is_left_anywhere_after_destruction(
    house: House, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Working folders, temporary files, the ledger and its journal, and a backup restored without the key."""
    temporary = tmp_path / "temporary"
    temporary.mkdir()
    monkeypatch.setattr(tempfile, "tempdir", str(temporary))
    holding = held(house)
    copied = house.opens("reviewer_a", holding, copy=True)
    assert traces([tmp_path], WANTED) == list(copied.copies)  # while it is open, the copy and nothing else
    house.opens("reviewer_a", holding)
    house.later(days=3)
    make_backup(load_deployment(house.root, house.now), tmp_path / "before.gwb", PASSPHRASE)
    ends(house, holding, "completed")
    house.later(days=29)
    with house.stay("reviewer_a") as stay:
        gone = destroy(stay, holding)
    assert gone.state is State.DESTROYED
    assert traces([tmp_path], WANTED) == []
    assert not house.room.vault.keys.has(holding)
    make_backup(load_deployment(house.root, house.now), tmp_path / "after.gwb", PASSPHRASE)
    for name in ("before", "after"):
        restored = tmp_path / f"restored-{name}"
        restore_backup(tmp_path / f"{name}.gwb", restored, PASSPHRASE, now=house.now)
        assert traces([restored], WANTED) == []
        data = (tmp_path / f"{name}.gwb").read_bytes()
        assert not found_in(data, WANTED)
    sealed = tmp_path / "restored-before" / "var" / "custody" / "holdings" / holding / "0001.sealed"
    assert sealed.is_file()  # the ciphertext is there, and nothing opens it
    old = House(root=tmp_path / "restored-before", people=house.people, now=house.now)
    with pytest.raises(CustodyRefusedError) as refused:
        old.opens("reviewer_a", holding)
    assert refused.value.reason is Reason.KEY_MISSING


def test_no_key_of_a_holding_is_in_a_backup(house: House, tmp_path: Path) -> None:
    """Neither plain nor wrapped: with the master key, which a backup has, a wrapped one would open the holding."""
    from cryptography.hazmat.primitives.ciphers.aead import AESGCM

    holding = held(house)
    keys = house.room.vault.keys
    secret, wrapped = keys.get(holding), (keys.folder / holding).read_bytes()
    make_backup(load_deployment(house.root, house.now), tmp_path / "b.gwb", PASSPHRASE)
    data = (tmp_path / "b.gwb").read_bytes()
    magic = len(b"GWBACKUP1\n")
    salt, nonce, body = data[magic : magic + 16], data[magic + 16 : magic + 28], data[magic + 28 :]
    plain = AESGCM(_key(PASSPHRASE, salt)).decrypt(nonce, body, data[:magic])
    with tarfile.open(fileobj=io.BytesIO(plain)) as tar:
        names = tar.getnames()
    assert f"var/custody/holdings/{holding}/0001.sealed" in names
    assert "keyring/master" in names
    assert not [name for name in names if "holding-keys" in name]
    assert secret not in plain
    assert wrapped not in plain


def test_a_backup_with_the_live_keys_brings_back_what_is_held_and_nothing_else(house: House, tmp_path: Path) -> None:
    """Which backup restores what: ciphertext and records from the backup, keys from where they live."""
    kept, gone = held(house), house.adds("reviewer_a").id
    make_backup(load_deployment(house.root, house.now), tmp_path / "b.gwb", PASSPHRASE)
    ends(house, gone, "withdrawn")
    with house.stay("reviewer_a") as stay:
        destroy(stay, gone)
    restored = tmp_path / "restored"
    restore_backup(tmp_path / "b.gwb", restored, PASSPHRASE, now=house.now)
    shutil.copytree(house.root / "holding-keys", restored / "holding-keys")
    again = House(root=restored, people=house.people, now=house.now)
    assert list(again.opens("reviewer_a", kept).contents) == [(".pdf", CONTENT)]
    with pytest.raises(CustodyRefusedError) as refused:
        again.opens("reviewer_a", gone)
    assert refused.value.reason is Reason.KEY_MISSING


@pytest.mark.parametrize(
    ("event", "agreement", "person", "changes", "reason"),
    [
        (None, "hardship-000", "reviewer_a", {}, Reason.NOT_ENDED),
        ("completed", "hardship-000", "reviewer_a", {"cleared": False}, Reason.PLAIN_LEFT),
        ("completed", "hardship-000", "reviewer_a", {"paper": 2}, Reason.PAPER_LEFT),
        ("project_ended", "education-001", "engineer_a", EDUCATION, Reason.NO_PERMISSION),
        ("return_demanded", "medical-003", "analyst_a", MEDICAL, Reason.NOT_ENDED),  # return, not destroy
    ],
)
def test_destruction_waits(
    house: House, event: str | None, agreement: str, person: str, changes: dict[str, object], reason: Reason
) -> None:
    holding = held(house, person=person, **{"agreement": agreement, **changes})
    if event:
        ends(house, holding, event, person)
    with house.stay(person) as stay, pytest.raises(CustodyRefusedError) as refused:
        destroy(stay, holding)
    assert refused.value.reason is reason
    assert house.view(holding).state is State.HELD
    assert house.room.vault.keys.has(holding)


def test_a_plain_copy_that_came_back_is_seen(house: House) -> None:
    holding = held(house)
    ends(house, holding, "completed")
    house.file()  # somebody put the same file there again
    with house.stay("reviewer_a") as stay, pytest.raises(CustodyRefusedError) as refused:
        destroy(stay, holding)
    assert refused.value.reason is Reason.PLAIN_LEFT
    with house.stay("reviewer_a") as stay:
        clear(stay, holding)
    with house.stay("reviewer_a") as stay:
        assert destroy(stay, holding).is_gone


def test_permission_is_the_owner_s_and_for_this_holding(house: House) -> None:
    """001 6.2: without the owner's written permission nothing is discarded."""
    holding = held(house, person="engineer_a", **EDUCATION)
    other = house.adds("engineer_a", **EDUCATION).id
    ends(house, holding, "project_ended", "engineer_a")

    def paper(person: str, **changes: object) -> tuple[bytes, str]:
        fields = {"agreement": "education-001", "holdings": [holding], "purpose": "destroy", **changes}
        return house.paper(PERMISSION, person, **fields)

    document, signature = paper("school_coordinator")
    attempts = [
        (paper("school_coordinator", holdings=[other]), Reason.OTHER_PERMISSION),
        (paper("school_coordinator", agreement="medical-003"), Reason.OTHER_PERMISSION),
        (paper("engineer_a"), Reason.SIGNATURE),  # one's own word is no permission
        ((document.replace(holding.encode(), other.encode()), signature), Reason.SIGNATURE),
    ]
    for attempt, reason in attempts:
        with house.stay("engineer_a") as stay, pytest.raises(CustodyRefusedError) as refused:
            permit(stay, holding, *attempt)
        assert refused.value.reason is reason
        with house.stay("gateway") as stay:
            assert stay.views.refusals[-1].reason == reason.value  # and it is recorded
    with house.stay("engineer_a") as stay, pytest.raises(InputError):
        permit(stay, holding, b"{}", house.sign("school_coordinator", b"{}", PERMISSION))
    with house.stay("engineer_a") as stay:
        permit(stay, holding, *paper("school_coordinator", purpose="copy"))  # to copy is not to destroy
    with house.stay("engineer_a") as stay, pytest.raises(CustodyRefusedError) as refused:
        destroy(stay, holding)
    assert refused.value.reason is Reason.NO_PERMISSION
    with house.stay("engineer_a") as stay:
        permit(stay, holding, document, signature)
    with house.stay("engineer_a") as stay:
        assert destroy(stay, holding).state is State.DESTROYED
    assert house.room.vault.keys.has(other)


def test_returned_without_a_copy(house: House, tmp_path: Path) -> None:
    """003 二(二)8: the owner gets it, 7-Zip opens it, the owner confirms it, and nothing is kept."""
    holding = held(house, person="analyst_a", **MEDICAL)
    ends(house, holding, "return_demanded", "analyst_a")
    out = tmp_path / "return.zip"
    with house.stay("analyst_a") as stay:
        returning = give_back(stay, holding, out, "A" * 24)
    assert returning.state is State.RETURNING
    assert house.room.vault.keys.has(holding)  # not before the owner has it
    with pyzipper.AESZipFile(out) as archive:
        archive.setpassword(b"A" * 24)
        assert archive.read("0001.pdf") == CONTENT
        assert json.loads(archive.read("list.json"))[0]["name"] == "proof.pdf"
    assert b"proof.pdf" not in out.read_bytes()
    seven = subprocess.run(["7z", "t", f"-p{'A' * 24}", str(out)], capture_output=True, check=False)
    assert seven.returncode == 0

    def receipt(person: str = "bureau_officer", package: str = returning.package or "") -> tuple[bytes, str]:
        return house.paper(RECEIPT, person, agreement="medical-003", holdings=[holding], package=package)

    for attempt, reason in [
        (receipt(package="0" * 64), Reason.RECEIPT_MISSING),
        (receipt("analyst_a"), Reason.SIGNATURE),
    ]:
        with house.stay("analyst_a") as stay, pytest.raises(CustodyRefusedError) as refused:
            returned(stay, holding, *attempt)
        assert refused.value.reason is reason
    with house.stay("analyst_a") as stay:
        assert returned(stay, holding, *receipt()).state is State.RETURNED
    out.unlink()
    assert traces([house.root], WANTED) == []
    with house.stay("analyst_a") as stay:
        found = certificate(stay, holding)
    assert (found.document["action"], found.document["receipt"] is not None) == ("return", True)


def test_the_certificate_is_checked_by_ssh_keygen_and_can_be_given_again(house: House, tmp_path: Path) -> None:
    holding = held(house, paper=2)
    with house.stay("reviewer_a") as stay, pytest.raises(InputError):
        certificate(stay, holding)
    ends(house, holding, "completed")
    house.later(days=30)
    with house.stay("reviewer_a") as stay:
        destroy(stay, holding, paper=2)
    with house.stay("reviewer_a") as stay:
        first = certificate(stay, holding)
    house.later(days=90)
    with house.stay("reviewer_b") as stay:
        again = certificate(stay, holding)
    assert (first.data, first.signature) == (again.data, again.signature)
    document = first.document
    assert document["title"]["zh"] == "删除凭证"
    assert (document["ended_clause"], document["in_time"], document["paper_copies"]) == ("三3(2)", True, 2)
    assert (document["ended_at"], document["due"]) == ("2026-03-02T09:00:00+08:00", "2026-04-01T23:59:59+08:00")
    write_atomic(tmp_path / "c.sig", first.signature.encode())
    signers = tmp_path / "allowed_signers"
    signers.write_text(first.signer)
    checked = subprocess.run(
        [
            *["ssh-keygen", "-Y", "verify", "-I", "gateway", "-n"],
            CERTIFICATE,
            "-f",
            signers,
            "-s",
            tmp_path / "c.sig",
        ],
        input=first.data,
        capture_output=True,
        check=False,
    )
    assert checked.returncode == 0, checked.stderr


def test_late_is_said_on_the_certificate(house: House) -> None:
    holding = held(house)
    ends(house, holding, "withdrawn")
    house.later(days=30)
    with house.stay("reviewer_a") as stay:
        destroy(stay, holding)
    with house.stay("reviewer_a") as stay:
        assert certificate(stay, holding).document["in_time"] is False


def test_what_is_gone_is_refused_everything(house: House) -> None:
    holding = held(house)
    document, signature = house.asks("reviewer_a", holding)
    ends(house, holding, "completed")
    with house.stay("reviewer_a") as stay:
        destroy(stay, holding)
    attempts = [
        lambda stay: open_holding(stay, document, signature),
        lambda stay: request(stay, holding, "eligibility"),
        lambda stay: destroy(stay, holding),
        lambda stay: end(stay, holding, "withdrawn", house.now),
        lambda stay: clear(stay, holding),
    ]
    for attempt in attempts:
        with house.stay("reviewer_a") as stay, pytest.raises(CustodyRefusedError) as refused:
            attempt(stay)
        assert refused.value.reason is Reason.NOT_HELD


def test_something_left_is_never_called_destroyed(house: House, monkeypatch: pytest.MonkeyPatch) -> None:
    """A disk that only pretends to delete: the ledger goes on saying that it is being destroyed."""
    holding = held(house)
    ends(house, holding, "completed")
    monkeypatch.setattr("gateway.base.holdingkeys.shred", lambda path: True)
    with house.stay("reviewer_a") as stay, pytest.raises(IntegrityError):
        destroy(stay, holding)
    kinds = [e.kind for e in house.room.record.entries() if e.body.get("holding") == holding]
    assert kinds[-1] == "custody.destroying"
    monkeypatch.undo()
    assert house.view(holding).state is State.DESTROYED  # the next command finishes it


def test_shredding_overwrites_and_follows_no_link(tmp_path: Path) -> None:
    path, other = tmp_path / "f", tmp_path / "other"
    path.write_bytes(CONTENT)
    other.write_bytes(CONTENT)
    hard = tmp_path / "hard"
    hard.hardlink_to(path)
    assert shred(path)
    assert hard.read_bytes() == b""  # its blocks were overwritten and cut, not only its name removed
    link = tmp_path / "link"
    link.symlink_to(other)
    assert shred(link)
    assert other.read_bytes() == CONTENT
    assert not shred(tmp_path / "absent")
    folder = tmp_path / "folder" / "deep"
    folder.mkdir(parents=True)
    (folder / ".hidden.part").write_bytes(CONTENT)
    assert shred_folder(tmp_path / "folder") == 1
    assert not (tmp_path / "folder").exists()


@pytest.mark.parametrize("at", ["2026-01-01T00:00:00+08:00", "2027-01-01T00:00:00+08:00"])
def test_an_end_is_neither_before_the_beginning_nor_in_the_future(house: House, at: str) -> None:
    from datetime import datetime

    holding = held(house)
    with house.stay("reviewer_a") as stay, pytest.raises(CustodyRefusedError) as refused:
        end(stay, holding, "completed", datetime.fromisoformat(at))
    assert refused.value.reason is Reason.NOT_ENDED
