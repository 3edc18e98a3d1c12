"""A month on 2 million rows: the gateway beside the script that one would write instead, in one run.

    python -m benchmarks.month [--rows N] [--rounds K]

Both read the same CSV files and send to the same sshd on loopback, each in a process of its own, alternately; wall time
and peak memory (the largest resident set of the process) are those of the whole process, imports included. The script
(``benchmarks/plain``) was written from the description of the extract alone. What it computes must equal what the
gateway publishes, cell by cell, or the benchmark fails."""

import argparse
import json
import os
import resource
import statistics
import subprocess
import sys
import tempfile
import time
from decimal import Decimal
from pathlib import Path

MONTH = "2026-10"
ROOT = Path(__file__).resolve().parents[1]
RELEASE = f"LGTJ_220300_LHYG_{MONTH.replace('-', '')}_M_R01"


def measured(command: list[str]) -> tuple[float, int]:
    """(seconds, peak resident bytes) of a command, children included. Fails when it fails."""
    started = time.monotonic()
    process = subprocess.Popen(command, cwd=ROOT, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE)
    if process.stderr is None:
        raise RuntimeError("no stderr")
    errors = process.stderr.read()
    _, status, usage = os.wait4(process.pid, 0)
    process.returncode = os.waitstatus_to_exitcode(status)
    if process.returncode:
        raise SystemExit(f"{command[2]} failed ({process.returncode}):\n{errors.decode()}")
    return time.monotonic() - started, usage.ru_maxrss * 1024


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
    from gateway.release.corridor import run
    from gateway.release.delivering import deliver
    from gateway.release.deployment import load_deployment
    from gateway.release.review import approve

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
    from gateway.release.build import OPEN_NAMES
    from gateway.release.cellfiles import read_published
    from gateway.release.deployment import load_deployment

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
    options = parser.parse_args()
    if options.child:
        from gateway.base.memory import frugal

        frugal()  # as the command does
        gateway_month(Path(options.child[0]), Path(options.child[1]))
        return
    with tempfile.TemporaryDirectory() as folder:
        _compare(Path(folder), options.rows, options.rounds)


def _compare(work: Path, rows: int, rounds: int) -> None:
    import shutil

    from tests.release.conftest import point
    from tests.servers import sshd

    prepare(work, rows)
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


def report(rows: int, ours: list[tuple[float, int]], theirs: list[tuple[float, int]], compared: int) -> None:
    """Medians over the rounds, and their ratios."""
    (mine, my_memory), (plain, plain_memory) = (
        (statistics.median(s for s, _ in runs), statistics.median(m for _, m in runs)) for runs in (ours, theirs)
    )
    print(f"{rows:,} rows, {len(ours)} rounds, medians; {compared:,} published figures equal the script's")
    print(f"{'':24}{'seconds':>10}{'peak MB':>10}")
    print(f"{'gateway':24}{mine:>10.1f}{my_memory / 1e6:>10.0f}")
    print(f"{'pandas script':24}{plain:>10.1f}{plain_memory / 1e6:>10.0f}")
    print(f"{'script / gateway':24}{plain / mine:>10.2f}{plain_memory / my_memory:>10.2f}")
    print(json.dumps({"seconds": plain / mine, "memory": plain_memory / my_memory, "compared": compared}))


if __name__ == "__main__":
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    main()
