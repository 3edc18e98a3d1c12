"""A month on 2 million rows: the gateway beside the script that one would write instead, in one run.

    python -m benchmarks.month [--rows N] [--rounds K]

Both read the same CSV files and send to the same sshd on loopback, each in a process of its own, alternately; seconds,
CPU seconds and peak memory are those of the whole, imports and second processes included. The script
(``benchmarks/plain``) was written from the description of the extract alone. What it computes must equal what the
gateway publishes, cell by cell, or the benchmark fails."""

import argparse
import contextlib
import json
import os
import resource
import statistics
import subprocess
import sys
import tempfile
import threading
import time
from dataclasses import dataclass
from decimal import Decimal
from pathlib import Path

MONTH = "2026-10"
ROOT = Path(__file__).resolve().parents[1]
RELEASE = f"LGTJ_220300_LHYG_{MONTH.replace('-', '')}_M_R01"


@dataclass(frozen=True, kw_only=True)
class Cost:
    """Of a command, its own processes included. ``memory``: bytes at its peak, of all processes together."""

    wall: float
    cpu: float
    memory: int


def measured(command: list[str]) -> Cost:
    """What a command costs. Fails when it fails."""
    started = time.monotonic()
    process = subprocess.Popen(command, cwd=ROOT, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE)
    if process.stderr is None:
        raise RuntimeError("no stderr")
    together = Together(process.pid)
    together.start()
    errors = process.stderr.read()
    _, status, usage = os.wait4(process.pid, 0)
    wall = time.monotonic() - started
    together.join()
    process.returncode = os.waitstatus_to_exitcode(status)
    if process.returncode:
        raise SystemExit(f"{command[2]} failed ({process.returncode}):\n{errors.decode()}")
    memory = max(usage.ru_maxrss * 1024, together.peak)
    return Cost(wall=wall, cpu=usage.ru_utime + usage.ru_stime, memory=memory)


class Together(threading.Thread):
    """Looks, while a process has children, how much memory they hold together: what they share counts once."""

    def __init__(self, pid: int) -> None:
        super().__init__(daemon=True)
        self.peak = 0
        self._pid = pid

    def run(self) -> None:
        with contextlib.suppress(OSError):  # the process has ended
            while True:
                time.sleep(0.05)
                children = Path(f"/proc/{self._pid}/task/{self._pid}/children").read_text().split()
                if children:
                    self.peak = max(self.peak, sum(map(_held, (str(self._pid), *children))))


def _held(pid: str) -> int:
    """Bytes of a process, its part of what it shares with others."""
    try:
        lines = Path(f"/proc/{pid}/smaps_rollup").read_text().splitlines()
    except OSError:
        return 0
    return sum(int(line.split()[1]) * 1024 for line in lines if line.startswith("Pss:"))


def prepare(work: Path, rows: int) -> None:
    """The extract, the people's keys, a deployment."""
    from gateway.base.keyring import Keyring
    from gateway.demo.month import found_with_people
    from gateway.demo.platform import generate

    generate(work / "extract", rows=rows, seed=1, month=MONTH, formats=("csv",), codes=ROOT / "pipelines" / "codes")
    found_with_people(work / "site", Keyring.create(work / "people"), "siping-004")
    (work / "site" / "extract").rmdir()
    (work / "site" / "extract").symlink_to(work / "extract")


def gateway_month(site: Path, people: Path) -> None:
    """The gateway's month up to the delivered package; run in a process of its own (``--child``)."""
    from gateway.base.keyring import Keyring
    from gateway.base.sshsig import APPROVAL, sign
    from gateway.model.period import Period
    from gateway.release.build.corridor import run
    from gateway.release.review.approving import approve
    from gateway.release.sending.delivering import deliver
    from gateway.release.site.deployment import load_deployment

    period = Period.parse(MONTH)

    def clock():  # type: ignore[no-untyped-def]
        return period.end.replace(day=2, hour=9)

    deployment = load_deployment(site, clock())
    release = run(deployment, period, clock, lambda stage, done: None).release
    statement = (site / "var" / "releases" / release / "statement.json").read_bytes()
    for steward in ("steward_a", "steward_b"):
        approve(deployment, release, sign(statement, Keyring(people).get(steward), APPROVAL), clock())
    deliver(deployment, release, clock, lambda stage, done: None, sleep=time.sleep, random=lambda: 0.5)


def equal_cells(site: Path, extract: Path) -> int:
    """How many published figures were compared with the script's. Fails on the first difference."""
    from benchmarks.plain.tables import compute
    from gateway.model.cells import Mark
    from gateway.model.period import Period
    from gateway.release.build.stages import OPEN_NAMES
    from gateway.release.history.cellfiles import read_published
    from gateway.release.site.deployment import load_deployment

    deployment = load_deployment(site, Period.parse(MONTH).end)
    store = deployment.store(RELEASE, OPEN_NAMES)
    compared = 0
    expected = compute(extract, MONTH, ROOT / "pipelines" / "codes")
    for table in read_published(store.get_json("published.json"), deployment.tables):
        names = [dimension.name for dimension in table.spec.dimensions]
        for row in expected[table.spec.name].to_dict("records"):
            for column, shown in table.rows.get(tuple(row[name] for name in names), {}).items():
                if shown.mark is Mark.NORMAL and column in row:
                    if Decimal(str(row[column])) != shown.value:
                        raise SystemExit(f"{table.spec.name}.{column} differs from the script's figure")
                    compared += 1
    return compared


def main() -> None:
    """Runs the benchmark and prints the table."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--rows", type=int, default=2_000_000)
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--child", nargs=2, metavar=("SITE", "PEOPLE"))
    parser.add_argument("--prepare", type=Path, metavar="WORK")
    options = parser.parse_args()
    if options.child:
        from gateway.base.memory import frugal

        frugal()  # as the command does
        gateway_month(Path(options.child[0]), Path(options.child[1]))
        return
    if options.prepare:
        prepare(options.prepare, options.rows)
        return
    with tempfile.TemporaryDirectory() as folder:
        _compare(Path(folder), options.rows, options.rounds)


def _compare(work: Path, rows: int, rounds: int) -> None:
    import shutil

    from tests.release.conftest import point
    from tests.servers import sshd

    # elsewhere, because a process is born with the peak of the one that starts it
    command = [sys.executable, "-m", "benchmarks.month", "--rows", str(rows), "--prepare", str(work)]
    subprocess.run(command, cwd=ROOT, check=True)
    (work / "key").touch(mode=0o600)
    ours, theirs = [], []
    for number in range(rounds):
        inbox = work / f"bureau-{number}"
        for name in ("inbox", "plain", "receipts"):
            (inbox / name).mkdir(parents=True)
        site = work / f"site-{number}"
        shutil.copytree(work / "site", site, symlinks=True)
        with sshd(work / f"sshd-{number}", folder=inbox) as server:
            point(site, server)
            (work / "key").write_bytes(server.private_key)
            host_key = server.known_hosts.split(maxsplit=1)[1].strip()
            ours.append(
                measured([sys.executable, "-m", "benchmarks.month", "--child", str(site), str(work / "people")])
            )
            script = [sys.executable, "-m", "benchmarks.plain.month", str(work / "extract"), MONTH]
            script += ["--codes", "pipelines/codes", "--out", str(work / f"plain-{number}")]
            script += ["--sftp-host", server.host, "--sftp-port", str(server.port), "--sftp-user", server.user]
            script += ["--sftp-key", str(work / "key"), "--sftp-hostkey", host_key, "--inbox", f"{inbox}/plain"]
            theirs.append(measured(script))
    compared = equal_cells(work / "site-0", work / "extract")
    report(rows, ours, theirs, compared)


def report(rows: int, ours: list[Cost], theirs: list[Cost], compared: int) -> None:
    """Medians over the rounds, and their ratios."""
    mine, script = _median(ours), _median(theirs)
    wall, cpu, memory = script.wall / mine.wall, script.cpu / mine.cpu, script.memory / mine.memory
    print(f"{rows:,} rows, {len(ours)} rounds, medians; {compared:,} published figures equal the script's")
    print(f"{'':24}{'seconds':>10}{'CPU':>10}{'peak MB':>10}")
    for name, cost in (("gateway", mine), ("pandas script", script)):
        print(f"{name:24}{cost.wall:>10.1f}{cost.cpu:>10.1f}{cost.memory / 1e6:>10.0f}")
    print(f"{'script / gateway':24}{wall:>10.2f}{cpu:>10.2f}{memory:>10.2f}")
    print(json.dumps({"seconds": wall, "cpu": cpu, "memory": memory, "compared": compared}))


def _median(runs: list[Cost]) -> Cost:
    return Cost(
        wall=statistics.median(run.wall for run in runs),
        cpu=statistics.median(run.cpu for run in runs),
        memory=round(statistics.median(run.memory for run in runs)),
    )


if __name__ == "__main__":
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    main()
