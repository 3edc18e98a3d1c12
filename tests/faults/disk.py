"""The disk: full by a byte or by megabytes, on the server and here."""

import shutil
import subprocess
import sys
from dataclasses import replace
from pathlib import Path

from gateway.base import sshsig
from gateway.base.errors import TransferError
from gateway.ledger import ReleaseView
from gateway.release.sending.sealing import package_of
from tests.delivery.places import openssh_place
from tests.faults.delivery import point
from tests.faults.lab import Lab
from tests.faults.matrix import OPENSSH, Turn, row
from tests.faults.parcel import Parcel
from tests.servers import small_disk

PAGE = 4096
SHORT = (1, 200_000, 1_000_000, 2_000_000)
SIZE = 732 * PAGE + 1
"""One byte more than so many pages: a disk of as many pages is too small by that byte."""


@row("the server's disk is full by 1 byte, 200 kB, 1 MB, 2 MB", full=8, small=1, servers=(OPENSSH,))
def server_full(lab: Lab, turn: Turn) -> list[str]:
    """With and without a warning by statvfs. Then there is space, and the parcel is finished from where it stood."""
    short = SHORT[turn.number % 4]
    options = "" if turn.number >= 4 else "-P statvfs"
    host_key = sshsig.generate_key()
    with lab.turn() as folder:
        small, wrapper, own_disk = small_disk(folder, (SIZE - short) // PAGE * PAGE)
        first = openssh_place(folder / "a", folder=small, wrapper=wrapper, sftp_options=options, host_key=host_key)
        with first as place:
            case = Parcel.of(folder, turn.chance.randbytes(SIZE), place, lab.no_line)
            result = case.send()
            broken = [] if isinstance(result, TransferError) else [f"a full disk goes unnoticed: {result}"]
            if own_disk:
                enlarge(place.pid, small)
                return broken + case.finish()
            with openssh_place(folder / "b", folder=small, host_key=host_key) as place:
                case.place = place
                return broken + case.finish()


@row("the server's disk is full while a release arrives", full=8, small=1, servers=(OPENSSH,))
def server_full_release(lab: Lab, turn: Turn) -> list[str]:
    """By a page, so that the signature has no room; by half of it; by all but a page of the package; by nearly all.

    With and without a warning by statvfs. Then there is space, and the same command finishes."""
    options = "" if turn.number >= 4 else "-P statvfs"
    package = package_of(lab.sealed.deployment, lab.release)
    pages = [-(-path.stat().st_size // PAGE) for path in package.paths]
    room = (sum(pages) - 1, sum(pages) // 2, pages[0] - 1, 1)[turn.number % 4] * PAGE
    host_key = sshsig.generate_key()
    with lab.turn() as folder:
        small, wrapper, own_disk = small_disk(folder, room)
        first = openssh_place(folder / "a", folder=small, wrapper=wrapper, sftp_options=options, host_key=host_key)
        with first as place, lab.delivery_at(place if own_disk else replace(place, local=small)) as case:
            result = case.deliver()
            if not own_disk and isinstance(result, ReleaseView):  # no single file was too long for it
                return case.finish()
            broken = [] if isinstance(result, TransferError) else [f"a full disk goes unnoticed: {result}"]
            if own_disk:
                enlarge(place.pid, small)
                return broken + case.finish()
            with openssh_place(folder / "b", folder=small, host_key=host_key) as again:
                case.line.target = again.port
                point(case.root, again, case.line.port)
                return broken + case.finish()


@row("this machine's disk is full at a random point of a delivery", full=12, small=0)
def ours_full(lab: Lab, turn: Turn) -> list[str]:
    """From an approved release: sealing, the history, the ledger and the slip all want to be written."""
    with lab.delivery(turn.server, ready="approved") as case:
        var = case.root / "var"
        held, left = case.root.parent / "held", case.root.parent / "left"
        var.rename(held)
        var.mkdir()
        used = sum(-(-path.stat().st_size // PAGE) * PAGE for path in held.rglob("*") if path.is_file())
        room = turn.chance.randrange(0, 160_000) // PAGE * PAGE
        victim = f"{sys.executable} -m tests.faults.victim {case.root} {case.release} {case.now.isoformat()}"
        script = (
            f"mount -t tmpfs -o size={used + room} tmpfs {var} && cp -a {held}/. {var} || exit 99;"
            f" {victim}; code=$?; cp -a {var}/. {left}; exit $code"
        )
        left.mkdir()
        ended = subprocess.run(["unshare", "-m", "sh", "-c", script], capture_output=True, text=True, check=False)
        if ended.returncode == 99:
            shutil.rmtree(var)
            held.rename(var)
            return [] if "permitted" in ended.stderr else [f"no small disk: {ended.stderr[-300:]}"]
        var.rmdir()
        left.rename(var)
        case.check()
        broken = [f"not an expected failure: {ended.stderr[-300:]}"] if ended.returncode not in (0, 10, 16, 18) else []
        return broken + case.finish()


def enlarge(pid: int, place: Path) -> None:
    """Gives the disk that only the server sees more space."""
    command = ["nsenter", "-t", str(pid), "-m", "mount", "-o", "remount,size=64m", str(place)]
    subprocess.run(command, check=True, capture_output=True)
