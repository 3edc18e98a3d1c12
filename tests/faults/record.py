"""Keys, receipts and the ledger: what someone changes behind the gateway's back, and what comes back from outside."""

import json
import shutil
from collections.abc import Callable
from datetime import datetime, timedelta
from pathlib import Path

from gateway.base.canonical import encode_for_people
from gateway.base.errors import GatewayError, IntegrityError, ReceiptError
from gateway.base.sshsig import MANIFEST, RECEIPT, generate_key, public_line, sign
from gateway.model.release import Event, State
from gateway.receiving import Disposition, PackageRefusedError, read_register, receive
from gateway.release.build.corridor import Book
from gateway.release.sending.receipts import fetch_receipts
from gateway.release.sending.sealing import passphrase_name
from gateway.release.site.deployment import LEDGER_ANCHOR, SIGNING_KEY
from gateway.release.upkeep.keys import add, draw, revoke, rotate
from gateway.verifier import verify_ledger
from tests.faults.delivery import Delivery
from tests.faults.lab import Lab
from tests.faults.matrix import NO_SERVER, OPENSSH, Turn, row
from tests.ledger.flips import flip_each
from tests.package_factory import RELEASE as MADE
from tests.package_factory import Plan
from tests.receiving.bureau import Bureau

ALONE, SSHD = (NO_SERVER,), (OPENSSH,)


def refused(case: Delivery, kind: type[GatewayError] = IntegrityError) -> list[str]:
    """Delivers, which has to fail with nothing sent."""
    result = case.deliver()
    broken = [] if isinstance(result, kind) else [f"not refused: {result}"]
    return broken + ([f"{len(list(case.inbox.iterdir()))} files were sent"] if any(case.inbox.iterdir()) else [])


@row("the signer's key has expired or was ended", full=6, small=3, servers=SSHD)
def signer_expired(lab: Lab, turn: Turn) -> list[str]:
    """Before sealing and after it; replaced, revoked, or past its term. With a new key the next run finishes."""
    with lab.delivery(turn.server, ready=("sealed", "approved")[turn.number % 2]) as case:
        deployment, sender = case.deployment, case.deployment.terms.platform.sender
        old = deployment.keyring.get(SIGNING_KEY)
        ended = ("term", "replaced", "revoked")[turn.number % 3]
        if ended == "replaced":
            rotate(deployment, sender, None, case.now)
            new = deployment.keyring.get(SIGNING_KEY)
            deployment.keyring.put(SIGNING_KEY, old)
        else:
            revoke(deployment, sender, "seen by others", case.now)
            new = generate_key()
        if ended == "term":
            _new_key(case, sender, generate_key(), until=case.now + timedelta(hours=1))
            case.now += timedelta(hours=1)
        broken = refused(case)
        if ended == "replaced":
            deployment.keyring.put(SIGNING_KEY, new)
        else:
            _new_key(case, sender, new)
        case.watch.ignore(*case.files)  # what was sealed with the old key is sealed anew
        broken += case.finish()
        case.watch.ignore()
        case.check()
        return broken + case.broken + case.watch.missing()


def _new_key(case: Delivery, sender: str, private: bytes, *, until: datetime | None = None) -> None:
    """As an operator does after a revocation."""
    add(case.deployment, sender, public_line(private), "manifest", case.now, until=until)
    case.deployment.keyring.put(SIGNING_KEY, private)


@row("a recipient's key is swapped, widened or added in the file", full=6, small=1, servers=SSHD)
def key_swapped(lab: Lab, turn: Turn) -> list[str]:
    with lab.delivery(turn.server, ready=("sealed", "approved")[turn.number % 2]) as case:
        path = case.deployment.allowed_signers_path
        before = path.read_text(encoding="utf-8")
        own = next(line for line in before.splitlines() if line.startswith("manager_a "))
        theirs = own.replace(own.partition("ssh-ed25519")[2], public_line(generate_key())[len("ssh-ed25519") :])
        change = (
            before.replace(own, theirs),
            before + theirs + "\n",
            before.replace(own, own.replace("delivery-receipt", "delivery-receipt,release-approval")),
        )[turn.number // 2]
        path.write_text(change, encoding="utf-8")
        broken = refused(case)
        draw(case.deployment)
        broken += [] if path.read_text(encoding="utf-8") == before else ["the file was not drawn again"]
        return broken + case.finish()


FALSE: tuple[Callable[[dict[str, object]], dict[str, object]], ...] = (
    lambda receipt: receipt | {"package_sha256": "0" * 64},
    lambda receipt: receipt | {"manifest_sha256": "0" * 64},
    lambda receipt: receipt | {"package_sm3": "0" * 64},
    lambda receipt: receipt | {"received_sha256": "0" * 64},
    lambda receipt: receipt | {"release": str(receipt["release"]).replace("202610", "202609")},
    lambda receipt: receipt | {"acceptance": "AAAA-AAAA-AAAA"},
    lambda receipt: receipt | {"receiver": "manager_b"},
    lambda receipt: receipt | {"confirmed_at": "2027-01-01T00:00:00+08:00"},
)


@row("a receipt for another digest, forged, or in another's name", full=10, small=2, servers=SSHD)
def false_receipt(lab: Lab, turn: Turn) -> list[str]:
    """Eight that the manager's own key signs, one signed by a stranger, one as a manifest; then the true one counts."""
    with lab.delivery(turn.server) as case:
        case.deliver()
        true = received(case, lab)
        manager = lab.founded.people.get("manager_a")
        if turn.number < len(FALSE):
            lay(case, FALSE[turn.number](true), manager, RECEIPT)
        else:
            lay(case, true, *((generate_key(), RECEIPT), (manager, MANIFEST))[turn.number - len(FALSE)])
        broken = []
        for _ in range(2):
            try:
                fetch_receipts(case.deployment, case.now)
                broken.append("a false receipt counted")
            except ReceiptError:
                pass
        entries = Book.read(case.deployment).entries
        if sum(e.kind == Event.RECEIPT_REFUSED for e in entries) != 1:
            broken.append("the refusal is not on record once")
        if Book.read(case.deployment).view(case.release).state is not State.DELIVERED:
            broken.append("the state moved")
        lay(case, true, manager, RECEIPT)
        (view,) = fetch_receipts(case.deployment, case.now)
        if view.state is not State.ACKNOWLEDGED:
            broken.append("the true receipt did not count")
        return broken + case.finish()


def received(case: Delivery, lab: Lab) -> dict[str, object]:
    """What the bureau's own program makes of the delivery."""
    folder = case.root.parent / "bureau"
    receive(
        [case.inbox],
        passphrase=case.deployment.keyring.get(passphrase_name(case.release)).decode(),
        allowed_signers=case.deployment.allowed_signers_path.read_text(encoding="utf-8"),
        recipient="manager_a",
        key=lab.founded.people.get("manager_a"),
        register=folder / "register.db",
        receipts=folder / "receipts",
        unpack=None,
        now=case.now,
    )
    document: dict[str, object] = json.loads((folder / "receipts" / f"{case.release}.R1.json").read_bytes())
    return document


def lay(case: Delivery, document: dict[str, object], key: bytes, namespace: str) -> None:
    path = case.place.local / "receipts" / f"{case.release}.R1.json"
    data = encode_for_people(document)
    path.write_bytes(data)
    path.with_name(path.name + ".sig").write_text(sign(data, key, namespace))


@row("the ledger's database is put back from a backup", full=12, small=2, servers=SSHD)
def database_restored(lab: Lab, turn: Turn) -> list[str]:
    """The backup is of before the delivery; it is put back after it, or half-way; the newest copy is put back then.

    With the head in the keyring every command refuses it; with the keyring set back too, a signed head does."""
    with lab.delivery(turn.server) as case:
        ledger, anchor = case.root / "var" / "ledger.db", case.root / "keyring" / LEDGER_ANCHOR
        shutil.copy(ledger, case.root.parent / "old.db")
        old_anchor = anchor.read_bytes()
        if turn.number % 2:
            case.line.cut_up = turn.chance.randrange(case.length // 2, case.length)
        case.deliver()
        newest, newest_anchor = ledger.read_bytes(), anchor.read_bytes()
        head = case.deployment.ledger.head()
        shutil.copy(case.root.parent / "old.db", ledger)
        if newest_anchor == old_anchor:  # the cut came before anything was recorded: it is no older copy
            return case.finish()
        try:
            result: object = case.deployment.ledger.head()
        except IntegrityError as error:
            result = error
        broken = [] if isinstance(result, IntegrityError) else ["an old copy is taken for the ledger"]
        before = sorted(path.name for path in case.inbox.iterdir())
        try:
            case.deliver()
        except IntegrityError:  # the checks after it read the ledger too
            case.broken.clear()
        if sorted(path.name for path in case.inbox.iterdir()) != before:
            broken.append("something was sent on an old ledger")
        anchor.write_bytes(old_anchor)
        report = verify_ledger(ledger, head.model_dump())
        if report.valid or report.first_bad is None:
            broken.append("not found against a head that was given out")
        ledger.write_bytes(newest)
        anchor.write_bytes(newest_anchor)
        return broken + case.finish()


@row("the ledger's bytes are flipped one at a time, each of them", full=16, small=0, servers=ALONE)
def bytes_flipped(lab: Lab, turn: Turn) -> list[str]:
    """Every byte of the file, each with one bit and with all eight; a turn takes every so manieth byte."""
    original = lab.sealed.root / "var" / "ledger.db"
    places = range(turn.number, original.stat().st_size, turn.of)
    with lab.turn() as folder:
        changes = [(place, mask) for place in places for mask in (1 << place % 8, 255)]
        found = flip_each(original, folder / "ledger.db", changes)
    return [f"{found['violation']} of {len(changes)} changes pass unseen"] if found["violation"] else []


@row("an old package is replayed at the receiver", full=5, small=2, servers=ALONE)
def replayed(lab: Lab, turn: Turn) -> list[str]:
    """The same again; after its correction; renamed as a later one; under another manifest; with other content."""
    second = MADE.replace("R01", "R02")
    with lab.turn() as folder:
        bureau = Bureau(folder)
        old = Plan().write(folder / "old")
        bureau.receive(old)
        if turn.number == 1:
            bureau.receive(
                Plan(release=second, manifest={"supersedes": MADE}, statement={"supersedes": MADE}).write(
                    folder / "new"
                )
            )
        receipt, lines = bureau.receipt(), len(read_register(bureau.register))
        again = _replay(turn.number, folder, old, second)
        broken = []
        try:
            reception = bureau.receive(again)
            if turn.number > 1 or not reception.repeated:
                broken.append("a replay was accepted as something new")
        except PackageRefusedError as error:
            if turn.number < 2:
                broken.append(f"the same package again is an error: {error.en}")
            elif error.reception.disposition not in (Disposition.DUPLICATE, Disposition.INTEGRITY):
                broken.append(f"refused as {error.reception.disposition}")
        if bureau.receipt() != receipt:
            broken.append("the receipt of the good package was displaced")
        processed = [e for e in read_register(bureau.register) if e.disposition == Disposition.PROCESSED]
        if len(processed) != (2 if turn.number == 1 else 1) or len(read_register(bureau.register)) > lines + 1:
            broken.append("the register counts it twice")
        return broken


def _replay(number: int, folder: Path, old: Path, second: str) -> Path:
    if number < 2:
        return old
    if number == 2:
        shutil.copytree(old.parent, folder / "renamed")
        for path in list((folder / "renamed").iterdir()):
            path.rename(path.with_name(path.name.replace(MADE, second)))
        return folder / "renamed" / f"{second}.zip"
    return Plan(manifest={"due": "2026-12-05"} if number == 3 else {}).write(folder / "other")
