"""Where the harm is done: an approved, sealed release of a real deployment, copied for every turn, and real servers."""

import os
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from datetime import datetime
from functools import cached_property
from multiprocessing.util import get_temp_dir
from pathlib import Path
from random import Random
from types import TracebackType

from gateway.base.keyring import Keyring
from gateway.demo.month import found_with_people
from gateway.demo.platform import generate
from gateway.release.build.corridor import Book, run
from gateway.release.review.approving import approve
from gateway.release.sending.sealing import package_of, sealed
from gateway.release.upkeep.founding import SHIPPED
from tests.delivery.places import Place, asyncssh_place, openssh_place, own_folder
from tests.delivery.proxy import Line, proxy
from tests.faults.delivery import TEMPORARY, Delivery
from tests.faults.matrix import OPENSSH
from tests.faults.parcel import Parcel
from tests.faults.secrets import Secrets, secrets_of
from tests.release.conftest import NOW, PERIOD, ROWS, Site, clock, silent

PARCEL = 3_000_000


@dataclass(eq=False)
class Lab:
    """``folder`` holds everything; it is emptied of each turn's files when the turn is over."""

    folder: Path
    _stack: ExitStack = field(default_factory=ExitStack)
    _servers: dict[str, Place] = field(default_factory=dict)

    def __enter__(self) -> "Lab":
        """Temporary files go to a folder that is looked through, for as long as the lab lives."""
        get_temp_dir()  # multiprocessing's own lies elsewhere
        temporary = self.folder / TEMPORARY
        temporary.mkdir()
        before, variable = tempfile.tempdir, os.environ.get("TMPDIR", tempfile.gettempdir())
        self._stack.callback(setattr, tempfile, "tempdir", before)
        self._stack.callback(os.environ.update, TMPDIR=variable)
        tempfile.tempdir = os.environ["TMPDIR"] = str(temporary)
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._stack.close()

    def server(self, kind: str) -> Place:
        """A server that lives as long as the lab."""
        if kind not in self._servers:
            base = self.folder / kind
            base.mkdir()
            place = openssh_place(base) if kind == OPENSSH else asyncssh_place(base)
            self._servers[kind] = self._stack.enter_context(place)
        return self._servers[kind]

    @cached_property
    def founded(self) -> Site:
        """A deployment with its extract, never changed: turns copy it."""
        people = Keyring.create(self.folder / "people")
        root = found_with_people(self.folder / "founded" / "platform", people, "siping-004")
        codes = SHIPPED / "pipelines" / "codes"
        generate(root / "extract", rows=ROWS, seed=7, month=str(PERIOD), formats=("csv",), codes=codes)
        return Site(root=root, people=people)

    @cached_property
    def submitted(self) -> Site:
        """The same, its month built and up for approval."""
        copy = self._copy(self.founded, "submitted")
        run(copy.deployment, PERIOD, clock, silent)
        return copy

    @cached_property
    def approved(self) -> Site:
        """The same, approved by both stewards."""
        copy = self._copy(self.submitted, "approved")
        self.submit_and_approve(copy.root)
        return copy

    @cached_property
    def sealed(self) -> Site:
        """The same, sealed."""
        copy = self._copy(self.approved, "sealed")
        sealed(copy.deployment, Book.read(copy.deployment).view(self.release), NOW, silent)
        return copy

    @property
    def release(self) -> str:
        """The release that all this is about."""
        return str(self.founded.deployment.terms.release(PERIOD))

    def submit_and_approve(self, root: Path) -> None:
        """Builds or finishes the month in ``root`` and has both stewards approve it."""
        site = Site(root=root, people=self.founded.people)
        run(site.deployment, PERIOD, clock, silent)
        for steward in ("steward_a", "steward_b"):
            approve(site.deployment, self.release, site.sign(steward, self.release), NOW)

    def _copy(self, site: Site, name: str) -> Site:
        copy = Site(root=self.folder / name / "platform", people=site.people)
        shutil.copytree(site.root, copy.root)
        return copy

    @cached_property
    def secrets(self) -> Secrets:
        """What may stand nowhere in plain."""
        deployment = self.sealed.deployment
        package = package_of(deployment, self.release).paths[0].read_bytes()
        passphrase = deployment.keyring.get(f"passphrase-{self.release}").decode()
        return secrets_of(self.sealed.root / "extract", package, passphrase)

    @property
    def no_line(self) -> Line:
        """For a parcel that goes to its server directly."""
        return Line()

    @contextmanager
    def turn(self) -> Iterator[Path]:
        """A folder for one turn."""
        folder = Path(tempfile.mkdtemp(prefix="turn-", dir=self.folder))
        try:
            yield folder
        finally:
            shutil.rmtree(folder)

    @contextmanager
    def delivery(
        self, server: str, *, now: datetime = NOW, takes: bool = False, ready: str = "sealed"
    ) -> Iterator[Delivery]:
        """A copy of the release, an inbox of its own, and a line to it that can be harmed.

        ``takes``: the receiver takes every file away as soon as it has its name. ``ready``: how far the month is,
        ``founded``, ``submitted``, ``approved`` or ``sealed``."""
        place = own_folder(self.server(server))
        with self.delivery_at(place, now=now, takes=takes, ready=ready) as case:
            yield case
        shutil.rmtree(place.local)

    @contextmanager
    def delivery_at(
        self, place: Place, *, now: datetime = NOW, takes: bool = False, ready: str = "sealed"
    ) -> Iterator[Delivery]:
        """The same to a server of the turn's own."""
        site: Site = getattr(self, ready)
        with self.turn() as folder, proxy(place.port) as line:
            root = folder / "platform"
            shutil.copytree(site.root, root)
            case = Delivery(root=root, release=self.release, place=place, line=line, now=now, secrets=self.secrets)
            with case.watched(takes=takes):
                yield case

    @contextmanager
    def parcel(self, server: str, chance: Random, *, size: int = PARCEL) -> Iterator[Parcel]:
        """One file of random bytes on its way, where a release's package would be too small to show the harm."""
        place = own_folder(self.server(server))
        with self.turn() as folder, proxy(place.port) as line:
            yield Parcel.of(folder, chance.randbytes(size), place, line)
        shutil.rmtree(place.local)
