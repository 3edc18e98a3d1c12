"""The guided month: a deployment, two stewards and a bureau on one machine, from the extract to the registered receipt.

Every part is the real one: the corridor, the keys, an SFTP server on loopback, the bureau's own side. Only the data,
the roles and the date are made up: it is the second working day after the month."""

import random
import time
from collections.abc import Callable
from datetime import datetime, timedelta
from datetime import time as time_of_day
from pathlib import Path
from typing import Any

from gateway.agreement import load
from gateway.base.errors import ConfigurationError
from gateway.base.files import write_atomic
from gateway.base.keyring import Keyring
from gateway.base.language import say
from gateway.base.sshsig import APPROVAL, generate_key, public_line, sign
from gateway.demo.platform import generate
from gateway.demo.server import LocalServer, local_server
from gateway.model.period import ZONE, Period
from gateway.package import register_files
from gateway.receiving import receive, register_csv
from gateway.release.build.corridor import run
from gateway.release.history.chain import History
from gateway.release.review.approving import approve
from gateway.release.review.exporting import export
from gateway.release.sending.delivering import deliver
from gateway.release.sending.receipts import fetch_receipts
from gateway.release.sending.sealing import package_of
from gateway.release.sending.telling import tell_passphrase
from gateway.release.site.deployment import LOGIN_KEY, Deployment, load_deployment
from gateway.release.upkeep.founding import SHIPPED, found
from gateway.release.upkeep.keys import add
from gateway.release.upkeep.registers import REGISTERS, register
from gateway.release.upkeep.status import status

Progress = Callable[[str, float], None]


def made_up_data(folder: Path, *, rows: int, seed: int, period: Period, progress: Progress) -> dict[str, Any]:
    """Writes the made-up platform's extract as CSV and as Parquet below ``folder``; the rows of each feed."""
    label = say("生成虚构数据", "making up data")
    seen: dict[str, int] = {}

    def shown(feed: str, count: int) -> None:
        seen[feed] = count
        progress(label, min(1.0, sum(seen.values()) / rows))

    codes = SHIPPED / "pipelines" / "codes"
    made = generate(folder, rows=rows, seed=seed, month=str(period), codes=codes, progress=shown)
    progress(label, 1.0)
    return {"folder": str(folder), "rows": dict(made)}


class _Clock:
    """Goes on from a made-up moment as fast as the real clock."""

    def __init__(self, start: datetime) -> None:
        self._start, self._zero = start, time.monotonic()

    def __call__(self) -> datetime:
        return self._start + timedelta(seconds=int(time.monotonic() - self._zero))


def guided_month(
    folder: Path, *, rows: int, seed: int, period: Period, agreement: str, progress: Progress
) -> dict[str, Any]:
    """Runs the month before (so that 环比 exists) and ``period``; the status of the latter's release, with the
    passphrase, which outside the demo is only told by a second channel.

    Raises ConfigurationError when ``folder`` is not empty."""
    if folder.exists() and any(folder.iterdir()):
        raise ConfigurationError(
            f"{folder} 不是空目录",
            f"{folder} is not empty",
            safe=("没有改动", "nothing was changed"),
            next=f"gateway demo --dir {folder}-2",
        )
    folder = folder.resolve()
    people, bureau = Keyring.create(folder / "people"), folder / "bureau"
    root = found_with_people(folder / "platform", people, agreement)
    make_extract(root / "extract", rows, seed, period, progress)
    for name in ("inbox", "receipts"):
        (bureau / "sftp" / name).mkdir(parents=True)
    login = public_line(Keyring(root / "keyring").get(LOGIN_KEY))
    with local_server(bureau / "sftp", [login]) as server:
        pin(root, server)
        document: dict[str, Any] = {}
        for month in (period.previous, period):
            document = _month(root, month, people, bureau, progress)
    return document


def found_with_people(root: Path, people: Keyring, agreement: str) -> Path:
    """As ``found_with_keys``; it states, on the same day, that nothing was published before."""
    start = found_with_keys(root, people, agreement)
    History(load_deployment(root, start)).begin([], start)
    return root


def found_with_keys(root: Path, people: Keyring, agreement: str) -> datetime:
    """A deployment of ``agreement`` whose stewards' and data managers' keys are made up as well, recorded on the
    agreement's first day, which is given back."""
    terms = load(SHIPPED / "agreements" / f"{agreement}.toml")
    start = datetime.combine(terms.term.since, time_of_day(9), ZONE)
    found(
        root,
        agreement=agreement,
        operator=terms.operators[0],
        sender=terms.platform.sender,
        host="127.0.0.1",
        port=1,
        user="demo",
        now=start,
    )
    path = root / "agreements" / f"{agreement}.toml"
    text = path.read_text(encoding="utf-8").replace('host = "sftp.siping.example"\nport = 22', 'host = "127.0.0.1"')
    write_atomic(path, text.encode())
    deployment = load_deployment(root, start)
    roles = [(steward, "approval") for steward in terms.stewards] + [(r.id, "receipt") for r in terms.recipients]
    for name, purpose in roles:
        people.put(name, generate_key())
        add(deployment, name, public_line(people.get(name)), purpose, start)
    return start


def make_extract(folder: Path, rows: int, seed: int, period: Period, progress: Progress) -> None:
    """Writes the made-up platform's extract of ``period`` and the month before."""
    label = say("生成虚构数据", "making up data")
    codes = SHIPPED / "pipelines" / "codes"
    progress(label, 0.0)
    generate(folder, rows=rows, seed=seed, month=str(period), formats=("csv",), codes=codes)
    progress(label, 1.0)


def pin(root: Path, server: LocalServer) -> None:
    """Points the deployment to the local server, its host key pinned."""
    write_atomic(root / "keys" / "known_hosts", server.known_hosts.encode())
    path = root / "gateway.toml"
    text = path.read_text(encoding="utf-8").replace("port = 1\n", f"port = {server.port}\n")
    write_atomic(path, text.encode())


def _month(root: Path, period: Period, people: Keyring, bureau: Path, progress: Progress) -> dict[str, Any]:
    clock = _Clock(period.end + timedelta(days=1, hours=9))
    deployment = load_deployment(root, clock())

    def shown(stage: str, done: float) -> None:
        progress(f"{period} {stage}", done)

    release = run(deployment, period, clock, shown).release
    statement = status(deployment, release)["files"]["statement"]
    for steward in deployment.terms.stewards[:2]:
        approve(deployment, release, sign(Path(statement).read_bytes(), people.get(steward), APPROVAL), clock())
    deliver(deployment, release, clock, shown, sleep=time.sleep, random=random.SystemRandom().random)
    recipient = deployment.terms.recipients[0].id
    passphrase = tell_passphrase(deployment, release, recipient, clock())["passphrase"]
    shown(say("接收、核对、登记", "receiving, checking, registering"), 0.0)
    receive_release(deployment, release, recipient, passphrase, people, bureau, clock())
    fetch_receipts(deployment, clock())
    shown(say("接收、核对、登记", "receiving, checking, registering"), 1.0)
    export(deployment, release, root / "export" / release)
    for name in REGISTERS:
        for file, data in register_files(register(deployment, name, clock())).items():
            write_atomic(root / "registers" / file, data)
    document = status(deployment, release)
    return document | {"passphrase": passphrase, "register": str(bureau / "register.csv")}


def receive_release(
    deployment: Deployment, release: str, recipient: str, passphrase: str, people: Keyring, bureau: Path, now: datetime
) -> None:
    """The bureau's side, on the files in its own inbox."""
    names = package_of(deployment, release).names
    receive(
        [bureau / "sftp" / "inbox" / name for name in names],
        passphrase=passphrase,
        allowed_signers=deployment.allowed_signers_path.read_text(encoding="utf-8"),
        recipient=recipient,
        key=people.get(recipient),
        register=bureau / "register.db",
        receipts=bureau / "sftp" / "receipts",
        unpack=bureau / "unpacked",
        now=now,
    )
    write_atomic(bureau / "register.csv", register_csv(bureau / "register.db"))


__all__ = [
    "found_with_keys",
    "found_with_people",
    "guided_month",
    "made_up_data",
    "make_extract",
    "pin",
    "receive_release",
]
