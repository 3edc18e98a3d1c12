"""A month end to end: the figures, the bytes, the stock tools, the receipt."""

import io
import json
import shutil
import subprocess
import time
from datetime import datetime
from decimal import Decimal
from pathlib import Path

import pandas as pd
import pytest
import pyzipper

from benchmarks.plain.tables import account, compute
from gateway.base.errors import IntegrityError
from gateway.base.sshsig import generate_key, public_line
from gateway.ledger import states
from gateway.model.cells import Mark
from gateway.model.period import ZONE
from gateway.model.release import Event, State
from gateway.receiving import receive
from gateway.release.build.corridor import Book, note, run
from gateway.release.build.stages import OPEN_NAMES
from gateway.release.history.cellfiles import read_cells, read_published
from gateway.release.history.chain import History
from gateway.release.review.approving import approve
from gateway.release.sending import receipts
from gateway.release.sending.delivering import deliver
from gateway.release.sending.receipts import fetch_receipts
from gateway.release.sending.sealing import package_of, sealed
from gateway.release.sending.telling import tell_passphrase
from gateway.release.site.deployment import LOGIN_KEY, SIGNING_KEY
from gateway.release.upkeep.founding import SHIPPED
from gateway.verifier import verify_ledger, verify_package
from tests.release.conftest import NOW, PERIOD, Site, clock, silent


def approved(site: Site) -> str:
    """Runs and approves; the release."""
    release = run(site.deployment, PERIOD, clock, silent).release
    for steward in ("steward_a", "steward_b"):
        approve(site.deployment, release, site.sign(steward, release), NOW)
    return release


def delivered(site: Site) -> str:
    """Runs, approves and delivers; the release."""
    release = approved(site)
    deliver(site.deployment, release, clock, silent, sleep=time.sleep, random=lambda: 0.5)
    return release


def test_figures_equal_an_independent_computation(site: Site, extract: Path) -> None:
    """Every figure before suppression, every published one, and where each row went."""
    release = run(site.deployment, PERIOD, clock, silent).release
    deployment = site.deployment
    store = deployment.store(release, OPEN_NAMES)
    expected = compute(extract, str(PERIOD), SHIPPED / "pipelines" / "codes")
    cells = {c.spec.name: c for c in read_cells(store.get_json("cells.json"), deployment.tables)}
    published = {t.spec.name: t for t in read_published(store.get_json("published.json"), deployment.tables)}
    compared = 0
    for name, frame in expected.items():
        spec = cells[name].spec
        dimensions = [dimension.name for dimension in spec.dimensions]
        for row in frame.to_dict("records"):
            place = tuple(row[dimension] for dimension in dimensions)
            for measure in spec.measures:
                figure = cells[name].figures[measure.name].get(place)
                assert (figure.value if figure else 0) == int(row[measure.name]), (name, place, measure.name)
                compared += 1
            for column, shown in published[name].rows.get(place, {}).items():
                if shown.mark is Mark.NORMAL and column in row:
                    assert shown.value == Decimal(str(row[column])), (name, place, column)
        ours = {place for figures in cells[name].figures.values() for place in figures}
        theirs = {tuple(row[dimension] for dimension in dimensions) for row in frame.to_dict("records")}
        assert not theirs - ours
        assert all(any(code.endswith("_U") for code in place) for place in ours - theirs)
    assert compared > 1500
    accounts = {name: feed["account"] for name, feed in store.get_json("ingest.json").items()}
    for feed, counts in account(extract, str(PERIOD), SHIPPED / "pipelines" / "codes").items():
        ours = {"read": accounts[feed].pop("rows"), **accounts[feed]}
        assert ours == counts
        assert ours["read"] == sum(n for name, n in ours.items() if name != "read")


def test_a_month_from_extract_to_registered_receipt(connected: Site, tmp_path: Path) -> None:
    release = delivered(connected)
    deployment = connected.deployment
    assert connected.server is not None
    inbox = connected.server.folder / "inbox"
    names = package_of(deployment, release).names
    assert sorted(path.name for path in inbox.iterdir()) == sorted(names)
    passphrase = tell_passphrase(deployment, release, "manager_a", NOW)["passphrase"]
    signers = deployment.allowed_signers_path

    report = verify_package(
        inbox, allowed_signers=signers.read_text(), at=NOW, passphrase=passphrase, recipient="manager_a"
    )
    assert report.valid, report
    reception = receive(
        [inbox],
        passphrase=passphrase,
        allowed_signers=signers.read_text(),
        recipient="manager_a",
        key=connected.people.get("manager_a"),
        register=tmp_path / "register.db",
        receipts=connected.server.folder / "receipts",
        unpack=tmp_path / "unpacked",
        now=NOW,
    )
    assert reception.valid
    views = fetch_receipts(deployment, NOW)
    assert [view.state for view in views] == [State.ACKNOWLEDGED]
    assert fetch_receipts(deployment, NOW) == []
    assert verify_ledger(deployment.var / "ledger.db").valid
    assert not deployment.keyring.has(f"passphrase-{release}")

    check_with_stock_tools(inbox, release, signers, passphrase, tmp_path)


def check_with_stock_tools(inbox: Path, release: str, signers: Path, passphrase: str, tmp_path: Path) -> None:
    """What a clerk can do without any software of ours."""
    manifest = inbox / f"{release}.manifest.json"
    subprocess.run(
        [
            "ssh-keygen",
            "-Y",
            "verify",
            "-f",
            signers,
            "-I",
            "lhyg_gateway",
            "-n",
            "delivery-manifest",
            "-s",
            f"{manifest}.sig",
        ],
        stdin=manifest.open("rb"),
        check=True,
        capture_output=True,
    )
    package = json.loads(manifest.read_bytes())["package"]
    sums = subprocess.run(["sha256sum", package["name"]], cwd=inbox, check=True, capture_output=True, text=True)
    assert sums.stdout.split()[0] == package["sha256"]
    out = tmp_path / "seven"
    seven = shutil.which("7z") or shutil.which("7zz") or "7z"
    command = [seven, "x", f"-p{passphrase}", f"-o{out}", str(inbox / package["name"])]
    assert subprocess.run(command, capture_output=True, check=False).returncode == 0
    wrong = [seven, "t", "-pWRONG", str(inbox / package["name"])]
    assert subprocess.run(wrong, capture_output=True, check=False).returncode != 0
    frame = pd.read_csv(out / "02.csv", dtype=str)
    assert frame["region"].iloc[0] == "四平市"
    assert set(frame["postings_status"]) <= {"A", "C", "M"}
    assert frame.loc[frame["postings_status"] == "C", "postings"].isna().all()


def test_nothing_that_is_sent_holds_a_source_identifier(connected: Site, extract: Path) -> None:
    """Apart from the privacy room: every withheld value and key of the source, in all plain bytes that were sent."""
    release = delivered(connected)
    deployment = connected.deployment
    passphrase = deployment.keyring.get(f"passphrase-{release}").decode()
    package = package_of(deployment, release)
    texts = [package.paths[1].read_text(), package.paths[2].read_text()]
    with pyzipper.AESZipFile(package.paths[0]) as archive:
        archive.setpassword(passphrase.encode())
        for name in archive.namelist():
            data = archive.read(name)
            if name.endswith(".xlsx"):
                with pyzipper.ZipFile(io.BytesIO(data)) as book:
                    texts += [book.read(part).decode("utf-8", errors="replace") for part in book.namelist()]
            else:
                texts.append(data.decode("utf-8"))
    everything = "\n".join(texts)
    workers = pd.read_csv(extract / "workers.csv", dtype=str)
    postings = pd.read_csv(extract / "postings.csv", dtype=str)
    columns = [workers[c] for c in ("worker_id", "id_number", "phone", "bank_card")]
    columns += [postings[c] for c in ("posting_id", "employer_id", "employer_name", "contact_phone", "contact_name")]
    values = {value for column in columns for value in column.dropna().unique() if len(value) >= 3}
    assert len(values) > 4000
    assert [value for value in values if value in everything] == []


def test_delivering_again_sends_nothing(connected: Site) -> None:
    release = delivered(connected)
    assert connected.server is not None
    inbox = connected.server.folder / "inbox"
    before = {path.name: (path.stat().st_mtime_ns, path.stat().st_ino) for path in inbox.iterdir()}
    length = connected.deployment.ledger.head().length
    deliver(connected.deployment, release, clock, silent, sleep=time.sleep, random=lambda: 0.5)
    assert {path.name: (path.stat().st_mtime_ns, path.stat().st_ino) for path in inbox.iterdir()} == before
    assert connected.deployment.ledger.head().length == length


def test_without_the_signing_key_nothing_of_a_sealed_package_is_sent(connected: Site) -> None:
    """The delivery ends with a signed checkpoint: its key is asked for before anything leaves, not after it."""
    release, deployment = approved(connected), connected.deployment
    sealed(deployment, Book.read(deployment).view(release), datetime.now(ZONE), silent)
    key = deployment.keyring.get(SIGNING_KEY)
    deployment.keyring.remove(SIGNING_KEY)
    failed = connected.gateway("deliver", release)
    assert failed.returncode == 10, failed.stderr
    assert SIGNING_KEY in failed.stderr
    assert "nothing else was sent" in failed.stderr
    assert connected.server is not None
    assert list((connected.server.folder / "inbox").iterdir()) == []
    assert Book.read(deployment).view(release).state is State.APPROVED
    deployment.keyring.put(SIGNING_KEY, key)
    worked = connected.gateway("deliver", release)
    assert worked.returncode == 0, worked.stderr
    assert len(list((connected.server.folder / "inbox").iterdir())) == 4


def test_what_fails_after_the_package_has_arrived_says_that_it_has(connected: Site) -> None:
    release = approved(connected)
    blocked = connected.root / "var" / "checkpoints"
    blocked.write_text("a file where a folder is wanted")
    failed = connected.gateway("deliver", release)
    assert failed.returncode == 10, failed.stderr
    assert "the whole package has arrived" in failed.stderr
    assert "Traceback" not in failed.stderr
    assert Book.read(connected.deployment).view(release).state is State.DELIVERED
    assert connected.server is not None
    inbox = {path.name: path.stat().st_ino for path in (connected.server.folder / "inbox").iterdir()}
    assert len(inbox) == 4
    alerted = connected.gateway("deliver", release, "--until-due", LANG="zh_CN.UTF-8").stderr
    assert "已全部送达" in alerted
    assert "已送达，记录未完成" in alerted
    assert "未能送达" not in alerted
    blocked.unlink()
    worked = connected.gateway("deliver", release)
    assert worked.returncode == 0, worked.stderr
    assert {path.name: path.stat().st_ino for path in (connected.server.folder / "inbox").iterdir()} == inbox
    assert list(blocked.glob("*.json.sig"))


def printed(known_hosts: str) -> str:
    """The key's fingerprint as ssh-keygen prints it."""
    listed = subprocess.run(["ssh-keygen", "-lf", "-"], input=known_hosts, capture_output=True, text=True, check=True)
    return listed.stdout.split()[1]


def test_a_refused_login_is_on_record(connected: Site) -> None:
    release = approved(connected)
    connected.deployment.keyring.put(LOGIN_KEY, generate_key())
    assert connected.gateway("deliver", release).returncode == 16
    failed = connected.deployment.ledger.entries(release=release, kind="delivery.failed")
    assert [entry.body for entry in failed] == [{"reason": "LoginError"}]


def test_a_changed_host_key_sends_nothing_and_the_same_command_works_afterwards(connected: Site) -> None:
    release = approved(connected)
    known = connected.root / "keys" / "known_hosts"
    right = known.read_text()
    known.write_text(" ".join([right.split()[0], public_line(generate_key())]) + "\n")
    failed = connected.gateway("deliver", release)
    assert failed.returncode == 16, failed.stderr
    assert connected.server is not None
    assert list((connected.server.folder / "inbox").iterdir()) == []
    assert connected.gateway("receipts").returncode == 16
    recorded = [e for e in connected.deployment.ledger.entries() if str(e.kind).endswith(".failed")]
    assert [(e.kind, e.release) for e in recorded] == [("delivery.failed", release), ("receipts.failed", None)]
    for entry in recorded:
        assert entry.body == {"reason": "HostKeyError", "shown": printed(right), "pinned": printed(known.read_text())}
    known.write_text(right)
    worked = connected.gateway("deliver", release, "--json")
    assert worked.returncode == 0, worked.stderr
    assert json.loads(worked.stdout)["state"] == "DELIVERED"


def test_states_follow_from_the_ledger_alone(connected: Site) -> None:
    release = delivered(connected)
    entries = connected.deployment.ledger.entries()
    assert states(entries)[release].state is State.DELIVERED
    assert [entry.kind for entry in entries if entry.release and entry.kind != "proved"] == [
        "opened",
        "submitted",
        "approved_once",
        "approved",
        "sealed",
        "delivered",
        "passphrase_told",
    ][:-1]


def test_doctor_and_rehearsal_against_a_real_server(connected: Site) -> None:
    before = connected.deployment.ledger.head()
    found = connected.gateway("doctor", "--json")
    assert found.returncode == 0, found.stdout + found.stderr
    rehearsed = connected.gateway("rehearse", "--json")
    assert rehearsed.returncode == 0, rehearsed.stderr
    assert json.loads(rehearsed.stdout)["valid"]
    assert connected.server is not None
    assert list((connected.server.folder / "inbox").iterdir()) == []
    assert connected.deployment.ledger.head() == before


def test_a_receipt_half_recorded_is_finished(connected: Site, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Killed between the receipt's two events, the next fetch acknowledges; the passphrase is forgotten either way."""
    release = delivered(connected)
    deployment = connected.deployment
    passphrase = tell_passphrase(deployment, release, "manager_a", NOW)["passphrase"]
    assert connected.server is not None
    receive(
        [connected.server.folder / "inbox"],
        passphrase=passphrase,
        allowed_signers=deployment.allowed_signers_path.read_text(),
        recipient="manager_a",
        key=connected.people.get("manager_a"),
        register=tmp_path / "register.db",
        receipts=connected.server.folder / "receipts",
        unpack=None,
        now=NOW,
    )
    real = receipts.note

    def killed(*arguments: object) -> None:
        if arguments[1] == Event.ACKNOWLEDGED:
            raise KeyboardInterrupt
        real(*arguments)  # type: ignore[arg-type]

    monkeypatch.setattr(receipts, "note", killed)
    with pytest.raises(KeyboardInterrupt):
        fetch_receipts(deployment, NOW)
    monkeypatch.undo()
    assert [view.state for view in fetch_receipts(deployment, NOW)] == [State.ACKNOWLEDGED]
    assert not deployment.keyring.has(f"passphrase-{release}")


def test_what_has_been_sent_is_neither_withdrawn_nor_forgotten(connected: Site) -> None:
    release = delivered(connected)
    with pytest.raises(IntegrityError):
        note(connected.deployment, Event.WITHDRAWN, release, "operator_a", {"reason": "x"}, NOW)
    history = connected.root / "var" / "history" / "history.json"
    entries = json.loads(history.read_bytes())
    history.write_text(json.dumps({"releases": entries["releases"][:-1]}))
    with pytest.raises(IntegrityError):
        History(connected.deployment).head()
