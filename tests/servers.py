"""Real servers for tests: OpenSSH's sshd on the loopback address, with its own configuration, host key and user key."""

import contextlib
import getpass
import os
import secrets
import shutil
import socket
import subprocess
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from gateway.base import sshsig

SSHD = Path("/usr/sbin/sshd")
INSTALL = "/usr/sbin/sshd is missing; install it with: apt-get install -y openssh-server"


@dataclass(frozen=True, slots=True, kw_only=True)
class Sshd:
    """A running sshd: who may log in where, with which key, and what lies there.

    ``folder`` is where a login starts; servers are not chrooted, so remote paths are absolute ones below it."""

    host: str
    port: int
    user: str
    private_key: bytes
    known_hosts: str
    folder: Path
    pid: int


@contextlib.contextmanager
def sshd(
    base: Path,
    *,
    folder: Path | None = None,
    sftp_options: str = "",
    config: Sequence[str] = (),
    wrapper: Sequence[str] = (),
    host_key: bytes | None = None,
) -> Iterator[Sshd]:
    """Runs sshd with its files in ``base`` and serves ``folder`` (``base``/root when None).

    ``sftp_options`` go to internal-sftp (``-R`` read-only, ``-P`` denied requests, ``-u`` umask), ``config`` lines to
    sshd_config, ``wrapper`` is a command that starts sshd. Fails with the install command when there is no sshd."""
    if not SSHD.exists():
        raise FileNotFoundError(INSTALL)
    base.mkdir(parents=True, exist_ok=True)
    root = folder or base / "root"
    root.mkdir(parents=True, exist_ok=True)
    if os.geteuid() == 0:
        Path("/run/sshd").mkdir(mode=0o755, exist_ok=True)
    host_private, user_private = host_key or sshsig.generate_key(), sshsig.generate_key()
    _private(base / "host_key", host_private)
    _private(base / "authorized", sshsig.public_line(user_private).encode() + b"\n")
    port = free_port()
    _private(base / "config", _config(base, root, port, sftp_options, config).encode())
    with_us = ["setpriv", "--pdeathsig", "TERM"] if shutil.which("setpriv") else []  # also when the tests are killed
    command = [*wrapper, *with_us, str(SSHD), "-D", "-e", "-f", str(base / "config")]
    with (base / "log").open("wb") as log:
        process = subprocess.Popen(command, stdin=subprocess.DEVNULL, stdout=log, stderr=log)
    try:
        _wait(process, port, base / "log")
        yield Sshd(
            host="127.0.0.1",
            port=port,
            user=getpass.getuser(),
            private_key=user_private,
            known_hosts=f"[127.0.0.1]:{port} {sshsig.public_line(host_private)}\n",
            folder=root,
            pid=process.pid,
        )
    finally:
        process.terminate()
        process.wait(10)


def key_exchanges(log: Path) -> int:
    """How often a server with ``LogLevel DEBUG1`` has taken new keys into use, by its log."""
    return log.read_text(errors="replace").count("SSH2_MSG_NEWKEYS sent")


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


def small_disk(base: Path, size: int) -> tuple[Path, list[str], bool]:
    """A folder that takes about ``size`` bytes, the command that has to start the server for that, and whether it is a
    disk of its own: a tmpfs that only the server sees, so that nothing stays mounted. Where this user may not mount,
    the server may write no file longer than ``size`` instead, which fails in the same call."""
    place = base / f"small-{secrets.token_hex(3)}"
    place.mkdir(parents=True)
    mount = f"mount -t tmpfs -o size={size} tmpfs {place}"
    trial = ["unshare", "-m", "sh", "-c", mount]
    if shutil.which("unshare") and subprocess.run(trial, capture_output=True, check=False).returncode == 0:
        return place, ["unshare", "-m", "sh", "-c", f'{mount} && exec "$@"', "sh"], True
    return place, ["sh", "-c", f"trap '' XFSZ; exec prlimit --fsize={size} \"$@\"", "sh"], False


def _config(base: Path, root: Path, port: int, sftp_options: str, more: Sequence[str]) -> str:
    lines = [
        f"Port {port}",
        "ListenAddress 127.0.0.1",
        f"HostKey {base / 'host_key'}",
        f"AuthorizedKeysFile {base / 'authorized'}",
        "PidFile none",
        "StrictModes no",
        "UsePAM no",
        "PasswordAuthentication no",
        "KbdInteractiveAuthentication no",
        "PermitRootLogin prohibit-password",
        "MaxStartups 100",
        "Subsystem sftp internal-sftp",
        *more,
        f"ForceCommand internal-sftp -d {root} {sftp_options}",
    ]
    return "\n".join(lines) + "\n"


def _private(path: Path, data: bytes) -> None:
    path.touch(mode=0o600)
    path.write_bytes(data)


def _wait(process: "subprocess.Popen[bytes]", port: int, log: Path) -> None:
    end = time.monotonic() + 10
    while time.monotonic() < end and process.poll() is None:
        with contextlib.suppress(OSError), socket.create_connection(("127.0.0.1", port), timeout=1) as line:
            if line.recv(4) == b"SSH-":
                return
        time.sleep(0.02)
    raise RuntimeError(f"sshd did not start: {log.read_text(errors='replace')[-2000:]}")
