"""One delivery of a sealed release that a row harms, and the promises that are checked whatever it does."""

import re
import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import Any

from gateway.base.canonical import digest
from gateway.base.errors import GatewayError
from gateway.base.files import write_atomic
from gateway.base.keyring import Keyring
from gateway.ledger import ReleaseView
from gateway.model.release import Event
from gateway.release.build.corridor import Book
from gateway.release.sending.delivering import DONE, deliver
from gateway.release.sending.sealing import package_of, passphrase_name
from gateway.release.sending.slips import slip_name
from gateway.release.site.deployment import LOGIN_KEY, Deployment, load_deployment
from tests.delivery.places import Place
from tests.delivery.proxy import Line
from tests.faults.secrets import Secrets
from tests.faults.watch import Watch, watched
from tests.release.conftest import silent

TEMPORARY = "gateway-faults-tmp"
IMPATIENT = {"reply": 1.0, "slowest": 100_000.0}


@dataclass
class Delivery:
    """A deployment whose release is sealed, its inbox at ``place``, reached through ``line``. Turns set ``now``."""

    root: Path
    release: str
    place: Place
    line: Line
    now: datetime
    secrets: Secrets
    slept: int = 0
    on_sleep: Callable[[], None] = lambda: None
    broken: list[str] = field(default_factory=list)

    def __post_init__(self) -> None:
        for name in ("inbox", "receipts"):
            self.place.below(name)
        point(self.root, self.place, self.line.port)

    @property
    def deployment(self) -> Deployment:
        return load_deployment(self.root, self.now)

    @property
    def inbox(self) -> Path:
        return self.place.local / "inbox"

    @property
    def files(self) -> dict[str, bytes]:
        """What has to arrive: nothing before it is sealed."""
        package = package_of(self.deployment, self.release)
        return {path.name: path.read_bytes() for path in package.paths} if package.whole else {}

    @property
    def length(self) -> int:
        """A little less than one delivery sends, and than it gets back: a place to cut lies below."""
        return 4_000 + int(1.015 * sum(map(len, self.files.values())))

    @contextmanager
    def watched(self, *, takes: bool) -> Iterator[None]:
        self.watch = Watch(folder=self.inbox, whole=self.files)
        with watched(self.watch, takes=takes):
            yield

    def impatient(self, **more: float) -> None:
        """Waits are short from now on."""
        change(self.root, **(IMPATIENT | more))

    def patient(self) -> None:
        """Waits are long again, also on a machine that has much else to do."""
        change(self.root, reply=120.0, slowest=1_000.0)

    def deliver(self, **words: Any) -> ReleaseView | GatewayError:
        """What ``gateway deliver`` does; an expected failure is given back, and anything else breaks a promise."""
        try:
            return deliver(
                self.deployment, self.release, self._clock, silent, sleep=self._sleep, random=lambda: 0.5, **words
            )
        except GatewayError as error:
            return error
        finally:
            self.check()

    def finish(self, **words: Any) -> list[str]:
        """The next run, over a line that is whole again; every promise that was broken."""
        self.line.heal()
        self.patient()
        result = self.deliver(**words)
        if isinstance(result, GatewayError):
            self.broken.append(f"the next run fails: {result.code}: {result.en}")
        elif result.state not in DONE:
            self.broken.append(f"the next run ends at {result.state}")
        else:
            self.broken += [*self.watch.missing(), *self.unrecorded()]
        return list(dict.fromkeys(self.broken))

    def refresh(self) -> None:
        """What was sealed meanwhile is what the inbox is watched for; a new passphrase may stand nowhere in plain."""
        name = passphrase_name(self.release)
        keyring = self.deployment.keyring
        if keyring.has(name):
            self.secrets = self.secrets.also("passphrase", keyring.get(name))
        with self.watch.lock:
            self.watch.whole = self.files

    def check(self) -> None:
        """What holds at any moment."""
        self.refresh()
        self.broken += self.watch.broken()
        self.broken += self.unproved()
        self.check_plain_text()

    def check_plain_text(self) -> None:
        """Nothing lies in plain below the store, the server's folder and the temporary folder."""
        self.broken += self.secrets.found_in(
            [self.root / "var", self.root / "keyring", self.root / "keys", self.place.local, *_temporary()]
        )

    def unproved(self) -> list[str]:
        """DELIVERED only with the recorded proof of each of the four files, and the files there or taken."""
        book = Book.read(self.deployment)
        if book.view(self.release).state not in DONE:
            return []
        proofs = {
            (e.body["file"], e.body["sha256"])
            for e in book.entries
            if e.kind == Event.PROVED and e.release == self.release
        }
        files = self.files
        if len(files) != 4:
            return ["DELIVERED without the four files"]
        lacking = [name for name, data in files.items() if (name, digest(data)) not in proofs]
        return [f"DELIVERED without proof of {name}" for name in lacking] + [
            f"DELIVERED, but {what}" for what in self.watch.missing()
        ]

    def unrecorded(self) -> list[str]:
        """What a delivery leaves beside the package: a signed head of the ledger, the slip."""
        signed = list((self.root / "var" / "checkpoints").glob("*.json.sig"))
        slip = package_of(self.deployment, self.release).folder / slip_name(self.release)
        return ([] if signed else ["no checkpoint was made"]) + ([] if slip.is_file() else ["no slip was written"])

    def _clock(self) -> datetime:
        return self.now

    def _sleep(self, seconds: float) -> None:
        self.slept += 1
        self.on_sleep()


def point(root: Path, place: Place, port: int) -> None:
    """Sets a deployment's inbox to the folder at ``place``, reached by ``port``."""
    through = place.through(port)
    Keyring(root / "keyring").put(LOGIN_KEY, place.key)
    write_atomic(root / "keys" / "known_hosts", through.known_hosts.encode())
    folder = place.inbox.rstrip("/")
    change(root, port=port, user=place.user, inbox=f"{folder}/inbox", receipts=f"{folder}/receipts")


def change(root: Path, **settings: str | float) -> None:
    """Sets keys of the ``[sftp]`` section, which is the last one."""
    path = root / "gateway.toml"
    text = path.read_text(encoding="utf-8")
    for key, value in settings.items():
        line = f'{key} = "{value}"' if isinstance(value, str) else f"{key} = {value}"
        text, found = re.subn(rf"(?m)^{key} = .*$", line, text)
        text += "" if found else f"{line}\n"
    write_atomic(path, text.encode())


def _temporary() -> list[Path]:
    """The lab's temporary folder."""
    folder = Path(tempfile.gettempdir())
    return [folder] if folder.name == TEMPORARY else []
