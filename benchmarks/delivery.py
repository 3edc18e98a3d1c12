"""``make bench-delivery``: sending beside OpenSSH's ``sftp`` with the same cipher and paramiko's own ``put``.

All three send the same file to the same sshd on the loopback address, one after the other, again and again, each over a
session that is already logged in; what is compared is the median. Sending counts until every write is acknowledged and
the file is closed. What the others do not do is reported apart: the digest taken before, the flush to the server's
disk, the read-back. CPU seconds are the client's."""

import argparse
import base64
import random
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from io import StringIO
from pathlib import Path
from statistics import median
from typing import Any

import paramiko

from gateway.delivery import Endpoint, open_session, publish
from gateway.delivery.remote import Remote
from tests.servers import Sshd, sshd

CIPHER = "aes256-gcm@openssh.com"
MB, GIB = 1_000_000, 1 << 30
SFTP_AT_LEAST, PUT_AT_LEAST = 0.8, 1.4
publishing = sys.modules["gateway.delivery.publish"]


@dataclass
class Series:
    """Seconds and CPU seconds of each round."""

    seconds: list[float] = field(default_factory=list)
    cpu: list[float] = field(default_factory=list)

    def add(self, seconds: float, cpu: float) -> None:
        self.seconds.append(seconds)
        self.cpu.append(cpu)

    def row(self, name: str, size: int) -> str:
        rate, cpu = size / MB / median(self.seconds), median(self.cpu) * GIB / size
        return f"  {name:<34} {rate:>8.1f} MB/s {cpu:>8.2f} CPU s/GiB"


Sender = Callable[[Path, str], dict[str, tuple[float, float]]]
"""Sends a file under a name; what took how many (seconds, CPU seconds)."""


@contextmanager
def ours(server: Sshd) -> Iterator[Sender]:
    endpoint = Endpoint(host=server.host, port=server.port, user=server.user)
    with open_session(endpoint, server.private_key, server.known_hosts) as session:

        def send(path: Path, name: str) -> dict[str, tuple[float, float]]:
            parts: dict[str, tuple[float, float]] = {}
            start, whole = time.monotonic(), time.process_time()
            with (
                timed(publishing, "_send", "sending", parts),
                timed(publishing, "_prove", "read-back", parts),
                timed(Remote, "fsync", "flush", parts),
            ):
                publish(session, path, name, folder=str(server.folder))
            sent, flushed = parts["sending"], parts["flush"]
            parts["sending"] = sent[0] - flushed[0], sent[1] - flushed[1]
            parts["whole"] = time.monotonic() - start, time.process_time() - whole
            return parts

        assert session.cipher == CIPHER
        yield send


@contextmanager
def timed(owner: Any, function: str, what: str, parts: dict[str, tuple[float, float]]) -> Iterator[None]:
    """Times one step of publishing."""
    plain = getattr(owner, function)

    def step(*arguments: Any) -> Any:
        start, cpu = time.monotonic(), time.process_time()
        result = plain(*arguments)
        parts[what] = time.monotonic() - start, time.process_time() - cpu
        return result

    setattr(owner, function, step)
    try:
        yield
    finally:
        setattr(owner, function, plain)


@contextmanager
def put(server: Sshd) -> Iterator[Sender]:
    """paramiko as one would use it: its defaults, with the host key given."""
    kind, blob = server.known_hosts.split()[1:3]
    host_key = paramiko.PKey.from_type_string(kind, base64.b64decode(blob))
    transport = paramiko.Transport((server.host, server.port))
    key = paramiko.Ed25519Key(file_obj=StringIO(server.private_key.decode()))
    transport.connect(hostkey=host_key, username=server.user, pkey=key)
    client = paramiko.SFTPClient.from_transport(transport)

    def send(path: Path, name: str) -> dict[str, tuple[float, float]]:
        start, cpu = time.monotonic(), time.process_time()
        client.put(str(path), f"{server.folder}/{name}")
        return {"sending": (time.monotonic() - start, time.process_time() - cpu)}

    try:
        yield send
    finally:
        transport.close()


@contextmanager
def sftp(server: Sshd, folder: Path) -> Iterator[Sender]:
    """OpenSSH's client, logged in and waiting for commands."""
    key, known = folder / "key", folder / "known_hosts"
    key.touch(mode=0o600)
    key.write_bytes(server.private_key)
    known.write_text(server.known_hosts)
    options = {"UserKnownHostsFile": known, "StrictHostKeyChecking": "yes", "Ciphers": CIPHER, "IdentitiesOnly": "yes"}
    command = ["sftp", "-q", "-b", "-", "-i", str(key), "-P", str(server.port)]
    command += [f"-o{name}={value}" for name, value in options.items()] + [f"{server.user}@{server.host}"]
    process = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, bufsize=1)
    assert process.stdin is not None
    assert process.stdout is not None

    def do(line: str) -> None:
        process.stdin.write(f"{line}\n!echo finished\n")
        process.stdin.flush()
        for answer in process.stdout:
            if answer.strip() == "finished":
                return
        raise RuntimeError("sftp ended")

    def send(path: Path, name: str) -> dict[str, tuple[float, float]]:
        start, cpu = time.monotonic(), cpu_of(both)
        do(f"put {path} {server.folder}/{name}")
        return {"sending": (time.monotonic() - start, cpu_of(both) - cpu)}

    do("pwd")
    both = (process.pid, ssh_of(process.pid))
    try:
        yield send
    finally:
        process.stdin.close()
        process.wait(10)


def cpu_of(pids: Sequence[int]) -> float:
    """CPU seconds that these processes, of one thread each, have used: in nanoseconds, where /proc/PID/stat has ticks
    of 10 ms and says nothing of a file of 5 MB."""
    return sum(int(Path(f"/proc/{pid}/schedstat").read_text().split()[0]) for pid in pids) / 1e9


def ssh_of(pid: int) -> int:
    """The ssh that a running sftp talks through."""
    children = map(int, Path(f"/proc/{pid}/task/{pid}/children").read_text().split())
    return next(child for child in children if Path(f"/proc/{child}/comm").read_text().strip() == "ssh")


def measure(size: int, rounds: int, folder: Path) -> bool:
    """One size; whether both aims are reached."""
    path = folder / f"file-{size}"
    chance = random.Random(size)
    with path.open("wb") as stream:
        for _ in range(0, size, MB):
            stream.write(chance.randbytes(min(MB, size - stream.tell())))
    series: dict[str, Series] = {}
    with ExitStack() as stack:
        server = stack.enter_context(sshd(folder / f"sshd-{size}"))
        senders = {
            "ours": stack.enter_context(ours(server)),
            "sftp": stack.enter_context(sftp(server, folder)),
            "put": stack.enter_context(put(server)),
        }
        for number in range(rounds + 1):
            for who, send in senders.items():
                name = f"{who}-{number}.bin"
                for what, (seconds, cpu) in send(path, name).items():
                    if number:  # the first round warms up
                        series.setdefault(f"{who} {what}", Series()).add(seconds, cpu)
                (server.folder / name).unlink()
    path.unlink()
    return report(size, rounds, series)


def report(size: int, rounds: int, series: dict[str, Series]) -> bool:
    print(f"{size / MB:,.1f} MB, {rounds} rounds")
    for key, name in {
        "ours sending": "gateway, sending",
        "sftp sending": f"sftp -c {CIPHER.partition('@')[0]}",
        "put sending": "paramiko put",
        "ours flush": "gateway, flush",
        "ours read-back": "gateway, read-back",
        "ours whole": "gateway, all of it",
    }.items():
        print(series[key].row(name, size))
    sending = median(series["ours sending"].seconds)
    beside = {who: median(series[f"{who} sending"].seconds) / sending for who in ("sftp", "put")}
    print(
        f"  sending: {beside['sftp']:.2f} x sftp (aim {SFTP_AT_LEAST}), {beside['put']:.2f} x put (aim {PUT_AT_LEAST})"
    )
    return beside["sftp"] >= SFTP_AT_LEAST and beside["put"] >= PUT_AT_LEAST


def main() -> int:
    parser = argparse.ArgumentParser(prog="python -m benchmarks.delivery", description=__doc__)
    parser.add_argument("--rounds", type=int, default=3, help="rounds at 1 GiB; five times as many at 5 MB")
    parser.add_argument("--small", action="store_true", help="5 MB only")
    options = parser.parse_args()
    reached = []
    with tempfile.TemporaryDirectory(prefix="gateway-bench-") as folder:
        sizes = {5 * MB: 5 * options.rounds} if options.small else {5 * MB: 5 * options.rounds, GIB: options.rounds}
        for size, rounds in sizes.items():
            reached.append(measure(size, rounds, Path(folder)))
    return 0 if all(reached) else 1


if __name__ == "__main__":
    sys.exit(main())
