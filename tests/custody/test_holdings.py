"""What is held: only what the purpose needs, encrypted under a key of its own, seen only by those who may."""

import stat
from pathlib import Path

import pytest

from gateway.base.errors import ConfigurationError, GatewayError
from gateway.base.sshsig import generate_key, public_line, sign
from gateway.custody import (
    REQUEST,
    CustodyRefusedError,
    Reason,
    State,
    clear,
    close,
    commit,
    enrol,
    open_holding,
    revoke,
)
from gateway.custody.people import COMMITMENT
from gateway.model.custody import Sensitivity
from gateway.release.upkeep.custody import custody_room
from tests.custody.conftest import CONTENT, EDUCATION, LEGAL, MEDICAL, NOW, House


def test_added_read_and_closed(house: House) -> None:
    house.ready("hardship-000", "reviewer_a")
    holding = house.adds("reviewer_a")
    assert (holding.state, holding.cleared, holding.by) == (State.HELD, True, "reviewer_a")
    assert not (house.inbox / "proof.pdf").exists()
    shown = house.opens("reviewer_a", holding.id)
    assert list(shown.contents) == [(".pdf", CONTENT)]
    copied = house.opens("reviewer_a", holding.id, copy=True)
    (path,) = copied.copies
    assert path.read_bytes() == CONTENT
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert stat.S_IMODE(path.parent.stat().st_mode) == 0o700
    with house.stay("reviewer_a") as stay:
        assert close(stay, copied.access.id) == 1
    assert not path.parent.exists()
    accesses = house.view(holding.id).accesses
    assert [(a.person, a.purpose, a.copy, a.closed is not None) for a in accesses] == [
        ("reviewer_a", "eligibility", False, False),
        ("reviewer_a", "eligibility", True, True),
    ]


def test_each_holding_has_a_key_of_its_own_and_names_are_encrypted(house: House) -> None:
    house.ready("hardship-000", "reviewer_a")
    one = house.adds("reviewer_a", [house.file("name-of-a-person.pdf"), house.file("second.jpg", b"x" * 100)])
    other = house.adds("reviewer_a")
    keys = house.room.vault.keys
    assert keys.get(one.id) != keys.get(other.id)
    assert keys.names() == sorted([one.id, other.id])
    for path in house.root.rglob("*"):
        assert "name-of-a-person" not in path.name
        if path.is_file():
            data = path.read_bytes()
            assert b"name-of-a-person" not in data, path
            assert CONTENT[:16] not in data, path
            assert keys.get(one.id) not in data, path


def test_the_keys_lie_where_backup_programs_do_not_look(house: House) -> None:
    house.ready("hardship-000", "reviewer_a")
    house.adds("reviewer_a")
    folder = house.root / "holding-keys"
    assert (folder / "CACHEDIR.TAG").read_bytes().startswith(b"Signature: 8a477f597d28d172789f06886806bc55")
    assert all(stat.S_IMODE(path.stat().st_mode) == 0o600 for path in folder.iterdir())


def test_a_person_sees_only_the_agreements_they_serve(house: House) -> None:
    house.ready("hardship-000", "reviewer_a")
    holding = house.adds("reviewer_a")
    for stranger in ("lawyer_a", "engineer_a", "nobody"):
        with house.stay(stranger) as stay, pytest.raises(CustodyRefusedError) as refused:
            stay.holding(holding.id)
        with house.stay(stranger) as stay, pytest.raises(CustodyRefusedError) as unknown:
            stay.holding("h-aaaaaaaaaa")
        assert refused.value.reason is unknown.value.reason is Reason.NOT_NAMED  # nobody learns that it exists
    assert [r.person for r in _refusals(house)] == [w for w in ("lawyer_a", "engineer_a", "nobody") for _ in range(2)]


@pytest.mark.parametrize(
    ("changes", "reason"),
    [
        ({"purpose": "promotion"}, Reason.PURPOSE_UNKNOWN),  # 三2: two purposes and no other
        ({"material": "bank_statement"}, Reason.MATERIAL_UNKNOWN),  # 三1: more than is needed
        ({"purpose": "service"}, Reason.BEYOND_PURPOSE),  # listed, but this purpose does not need the proof
        ({"classes": (Sensitivity.OFFENCES,)}, Reason.CLASS_UNDECLARED),
        ({"classes": (Sensitivity.STATUS, Sensitivity.HEALTH)}, Reason.CLASS_UNDECLARED),
        ({"place": "public_cloud"}, Reason.PLACE_FORBIDDEN),  # 三3(3)
        ({"told": None}, Reason.NOT_TOLD),  # 三1: told purpose and promise
        ({"told": "0"}, Reason.NOT_TOLD),  # an older text
        ({"subject": "110101199003070000"}, Reason.NOT_PSEUDONYM),
        ({"subject": "case 1234567"}, Reason.NOT_PSEUDONYM),
        ({"subject": "c1234567"}, Reason.NOT_PSEUDONYM),
        ({"agreement": "legal-002"}, Reason.NOT_NAMED),  # another compartment
        ({"agreement": "no-such"}, Reason.NOT_NAMED),
        ({"paths": "empty"}, Reason.FILE_UNUSABLE),
        ({"paths": "absent"}, Reason.FILE_UNUSABLE),
        ({"paths": "folder"}, Reason.FILE_UNUSABLE),
        ({"paths": "link"}, Reason.FILE_UNUSABLE),
    ],
)
def test_what_the_agreement_does_not_list_is_not_collected(
    house: House, changes: dict[str, object], reason: Reason
) -> None:
    paths = None
    if "paths" in changes:
        path = house.inbox / "odd"
        house.file("real.pdf")
        {
            "empty": path.touch,
            "absent": lambda: None,
            "folder": path.mkdir,
            "link": lambda: path.symlink_to(house.inbox / "real.pdf"),
        }[str(changes.pop("paths"))]()
        paths = [path]
    with pytest.raises(CustodyRefusedError) as refused:
        house.adds("reviewer_a", paths, **changes)
    assert refused.value.reason is reason
    assert [r.reason for r in _refusals(house)] == [reason.value]  # and it is recorded
    assert house.room.vault.keys.names() == []
    assert not (house.root / "var" / "custody" / "holdings").exists()


@pytest.mark.parametrize(
    ("agreement", "person", "purpose", "reason"),
    [
        ("hardship-000", "reviewer_b", "eligibility", Reason.NO_COMMITMENT),  # named, never signed
        ("hardship-000", "reviewer_a", "promotion", Reason.PURPOSE_UNKNOWN),
        ("hardship-000", "reviewer_a", "service", Reason.OUTSIDE_PURPOSE),  # not what it was collected for
        ("hardship-000", "service_a", "eligibility", Reason.PURPOSE_NOT_GRANTED),
        ("hardship-000", "lawyer_a", "eligibility", Reason.NOT_NAMED),
        ("legal-002", "assistant_a", "duties", Reason.PURPOSE_NOT_GRANTED),
        ("legal-002", "assistant_a", "mandate", Reason.CLASS_NOT_GRANTED),  # litigation yes, offences no
        ("legal-002", "desk_a", "mandate", Reason.PURPOSE_NOT_GRANTED),
        ("education-001", "remote_a", "project", Reason.NO_CONSENT),  # 3.9
        ("medical-003", "analyst_b", "cooperation", Reason.NO_COMMITMENT),
    ],
)
def test_nobody_sees_what_they_may_not(house: House, agreement: str, person: str, purpose: str, reason: Reason) -> None:
    sets: dict[str, tuple[str, dict[str, object]]] = {
        "hardship-000": ("reviewer_a", {}),
        "education-001": ("engineer_a", dict(EDUCATION)),
        "legal-002": ("lawyer_a", dict(LEGAL)),
        "medical-003": ("analyst_a", dict(MEDICAL)),
    }
    keeper, changes = sets[agreement]
    for each in {keeper, *({"service_a", "assistant_a", "desk_a", "remote_a"} & {person})}:
        house.ready(agreement, each)
    holding = house.adds(keeper, **changes)
    with pytest.raises(CustodyRefusedError) as refused:
        house.asks(person, holding.id, purpose)
    assert refused.value.reason is reason
    assert house.view(holding.id).accesses == ()
    assert [r.reason for r in _refusals(house)] == [reason.value]


def test_training_and_filing_come_first_where_the_agreement_asks(house: House) -> None:
    house.commits("hardship-000", "reviewer_a")
    holding = house.adds("reviewer_a")
    assert _reason(house, "reviewer_a", holding.id) is Reason.NOT_TRAINED  # 000 三4
    house.commits("medical-003", "analyst_a")
    other = house.adds("analyst_a", **MEDICAL)
    assert _reason(house, "analyst_a", other.id, "cooperation") is Reason.NOT_FILED  # 003 二(二)5
    house.ready("medical-003", "analyst_a")
    assert house.opens("analyst_a", other.id, "cooperation").contents
    house.commits("medical-003", "analyst_a", "t-aaaaaaaaaa")  # signed anew, for a handover: filed anew
    assert _reason(house, "analyst_a", other.id, "cooperation") is Reason.NOT_FILED


def test_a_commitment_of_an_older_version_opens_nothing(house: House) -> None:
    house.ready("hardship-000", "reviewer_a")
    holding = house.adds("reviewer_a")
    path = house.root / "agreements" / "hardship-000.toml"
    old = house.room.terms["hardship-000"]
    text = path.read_text(encoding="utf-8")
    start = text.index("[commitment]")
    path.write_text(text[:start] + text[start:].replace('version = "1"', 'version = "2"', 1), encoding="utf-8")
    assert _reason(house, "reviewer_a", holding.id) is Reason.OLD_COMMITMENT
    from gateway.custody import commitment_text

    stale = commitment_text(old, "reviewer_a")
    with house.stay("reviewer_a") as stay, pytest.raises(CustodyRefusedError) as refused:
        commit(stay, "hardship-000", stale, house.sign("reviewer_a", stale, COMMITMENT))
    assert refused.value.reason is Reason.OLD_COMMITMENT
    assert [r.reason for r in _refusals(house)] == [Reason.OLD_COMMITMENT.value] * 2  # and both are recorded
    house.ready("hardship-000", "reviewer_a")
    assert house.opens("reviewer_a", holding.id).contents


def test_after_revocation_nothing_opens(house: House) -> None:
    house.ready("hardship-000", "reviewer_a")
    holding = house.adds("reviewer_a")
    document, signature = house.asks("reviewer_a", holding.id)
    with house.stay("reviewer_b") as stay:
        revoke(stay, "hardship-000", "reviewer_a", "left the team")
    with house.stay("reviewer_a") as stay, pytest.raises(CustodyRefusedError) as refused:
        open_holding(stay, document, signature)
    assert refused.value.reason is Reason.REVOKED


def test_a_request_is_signed_by_the_person_holds_a_day_and_opens_once(house: House) -> None:
    house.ready("hardship-000", "reviewer_a")
    holding = house.adds("reviewer_a")
    document, signature = house.asks("reviewer_a", holding.id)
    attempts = [
        (house.sign("reviewer_b", document, REQUEST), Reason.SIGNATURE),  # somebody else's
        (sign(document, generate_key(), REQUEST), Reason.SIGNATURE),  # nobody's
        (house.sign("reviewer_a", document, COMMITMENT), Reason.SIGNATURE),  # made for something else
        (house.sign("reviewer_a", document + b" ", REQUEST), Reason.SIGNATURE),
    ]
    for forged, reason in attempts:
        with house.stay("reviewer_a") as stay, pytest.raises(CustodyRefusedError) as refused:
            open_holding(stay, document, forged)
        assert refused.value.reason is reason
    with house.stay("reviewer_a") as stay:
        assert open_holding(stay, document, signature).contents
    with house.stay("reviewer_a") as stay, pytest.raises(CustodyRefusedError) as refused:
        open_holding(stay, document, signature)
    assert refused.value.reason is Reason.REQUEST_USED
    late, signature = house.asks("reviewer_a", holding.id)
    house.later(hours=25)
    with house.stay("reviewer_a") as stay, pytest.raises(CustodyRefusedError) as refused:
        open_holding(stay, late, signature)
    assert refused.value.reason is Reason.REQUEST_OLD
    assert len(house.view(holding.id).accesses) == 1


def test_no_working_copy_where_copies_need_permission(house: House) -> None:
    """001 3.11, 4.3: to read is allowed, to copy is not until the owner has said so."""
    from gateway.custody import PERMISSION, permit

    house.ready("education-001", "engineer_a")
    holding = house.adds("engineer_a", **EDUCATION)
    assert house.opens("engineer_a", holding.id, "project").contents
    with pytest.raises(CustodyRefusedError) as refused:
        house.opens("engineer_a", holding.id, "project", copy=True)
    assert refused.value.reason is Reason.COPY_NOT_PERMITTED
    paper = house.paper(
        PERMISSION, "school_coordinator", agreement="education-001", holdings=[holding.id], purpose="copy"
    )
    with house.stay("engineer_a") as stay:
        assert permit(stay, holding.id, *paper) == "copy"
    assert house.opens("engineer_a", holding.id, "project", copy=True).copies


def test_the_plain_copy_is_removed_only_while_it_is_what_was_added(house: House) -> None:
    house.ready("hardship-000", "reviewer_a")
    path = house.file()
    holding = house.adds("reviewer_a", [path], cleared=False)
    path.write_bytes(CONTENT + b"added later")
    with house.stay("reviewer_a") as stay, pytest.raises(CustodyRefusedError) as refused:
        clear(stay, holding.id)
    assert refused.value.reason is Reason.CHANGED
    assert path.exists()
    path.write_bytes(CONTENT)
    with house.stay("reviewer_a") as stay:
        assert clear(stay, holding.id) == 1
    assert not path.exists()


@pytest.mark.parametrize("damage", ["flip", "swap", "cut", "gone", "key", "other key"])
def test_what_was_touched_since_is_refused_and_recorded(house: House, damage: str) -> None:
    house.ready("hardship-000", "reviewer_a")
    holding, other = house.adds("reviewer_a"), house.adds("reviewer_a")
    vault, document = house.room.vault, house.asks("reviewer_a", holding.id)
    sealed = vault.place(holding.id) / "0001.sealed"
    key, foreign = (vault.keys.folder / each.id for each in (holding, other))
    data = sealed.read_bytes()
    match damage:
        case "flip":
            sealed.write_bytes(data[:40] + bytes([data[40] ^ 1]) + data[41:])
        case "swap":
            sealed.write_bytes((vault.place(other.id) / "0001.sealed").read_bytes())
        case "cut":
            sealed.write_bytes(data[:-1])
        case "gone":
            sealed.unlink()
        case "key":
            key.unlink()
        case "other key":
            key.write_bytes(foreign.read_bytes())
    reason = Reason.KEY_MISSING if damage == "key" else Reason.CHANGED
    with house.stay("reviewer_a") as stay, pytest.raises(CustodyRefusedError) as refused:
        open_holding(stay, *document)
    assert refused.value.reason is reason
    assert int(refused.value.exit) == 18
    assert _refusals(house)[-1].reason == reason.value
    assert house.view(holding.id).accesses == ()


def test_one_command_at_a_time(house: House) -> None:
    with house.stay("reviewer_a"), pytest.raises(ConfigurationError), house.stay("reviewer_b"):
        pass


def test_no_value_of_the_material_is_in_the_ledger(house: House) -> None:
    house.ready("hardship-000", "reviewer_a")
    house.adds("reviewer_a", [house.file("张某某-身份证.pdf")])
    text = "\n".join(str(entry.body) for entry in house.room.record.entries())
    assert "身份证.pdf" not in text
    assert str(house.inbox) not in text


def test_a_deployment_without_custody_says_so(tmp_path: Path) -> None:
    with pytest.raises(GatewayError, match=r"gateway\.toml"):
        custody_room(tmp_path, NOW)


def _refusals(house: House) -> list:  # type: ignore[type-arg]
    with house.stay("gateway") as stay:
        return list(stay.views.refusals)


def _reason(house: House, person: str, holding: str, purpose: str = "eligibility") -> Reason:
    with pytest.raises(CustodyRefusedError) as refused:
        house.asks(person, holding, purpose)
    return refused.value.reason


def test_a_key_is_of_one_person_and_of_one_agreement(house: House) -> None:
    """Nobody puts a key of their own in the owner's place, and the file for the bureau has none of these keys."""
    forger = public_line(generate_key())
    with house.stay("engineer_a") as stay, pytest.raises(CustodyRefusedError) as refused:
        enrol(stay, "education-001", "school_coordinator", forger)
    assert refused.value.reason is Reason.KEY_TAKEN
    mine = public_line(house.people.get("engineer_a"))
    with house.stay("engineer_a") as stay, pytest.raises(CustodyRefusedError) as refused:
        enrol(stay, "education-001", "engineer_b", mine, b"letter")
    assert refused.value.reason is Reason.KEY_TAKEN
    with house.stay("engineer_a") as stay:
        assert enrol(stay, "education-001", "engineer_b", forger, b"my old key is lost").key == forger
    assert "engineer" not in (house.root / "keys" / "allowed_signers").read_text()
