"""One logged-in SFTP session. The host key is pinned, every wait has an end, nothing is ever accepted by default.

A single wait ends after its own time, and a whole task after the time that the slowest line still put up with would
take, so that a peer that trickles is left as surely as one that is frozen. The only place that imports paramiko, whose
own traps are met here: it accepts any host key unless told otherwise, returns from a timed-out negotiation as if it had
succeeded, waits without end for a subsystem's confirmation and for a peer that does not take what is sent."""

import logging
import socket
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from io import StringIO
from types import TracebackType
from typing import TYPE_CHECKING

from gateway.base.errors import ConfigurationError
from gateway.delivery.errors import DOCTOR, LinkError, LoginError
from gateway.delivery.hostkeys import HostKey, Pins, read_pins
from gateway.delivery.line import SSH_PACKET, Line
from gateway.delivery.remote import Remote
from gateway.delivery.wire import Wire

if TYPE_CHECKING:
    from paramiko import Channel, Ed25519Key, Transport

CIPHERS = (
    "aes256-gcm@openssh.com",
    "aes128-gcm@openssh.com",
    "aes256-ctr",
    "aes128-ctr",
)
"""GCM first: one pass in hardware for secrecy and integrity. paramiko puts it last."""
MACS = (
    "hmac-sha2-256-etm@openssh.com",
    "hmac-sha2-512-etm@openssh.com",
    "hmac-sha2-256",
    "hmac-sha2-512",
)
_ALGORITHMS = {"ssh-rsa": ("rsa-sha2-512", "rsa-sha2-256")}
"""A kind of host key → the signatures that it makes; any other kind makes the one of its own name."""
_WINDOW = 8 << 20
_LOG = "gateway.delivery.ssh"
"""paramiko's own log: it repeats names and the server's wording, so it goes nowhere unless a handler is added here."""
logging.getLogger(_LOG).propagate = False
logging.getLogger(_LOG).addHandler(logging.NullHandler())


@dataclass(frozen=True, slots=True, kw_only=True)
class Endpoint:
    """Where the inbox is: ``host``, ``port``, and the ``user`` to log in as."""

    host: str
    port: int = 22
    user: str

    def __str__(self) -> str:
        return f"{self.user}@{self.host}:{self.port}"


@dataclass(frozen=True, slots=True, kw_only=True)
class Patience:
    """How long is waited, in seconds: ``connect`` for TCP, ``greeting`` for the server's banner and for the key
    exchange each, ``login``, ``reply`` for any single wait afterwards. ``slowest``: bytes a second of the slowest line
    that a whole task still puts up with."""

    connect: float = 15
    greeting: float = 15
    login: float = 30
    reply: float = 120
    slowest: float = 16_384


PATIENT = Patience()


class Session:
    """A logged-in session; leaving it as a context manager closes it. ``remote`` holds the server's files."""

    def __init__(
        self,
        endpoint: Endpoint,
        host_key: HostKey,
        line: Line,
        transport: "Transport",
        channel: "Channel",
        patience: Patience,
    ) -> None:
        self.endpoint = endpoint
        self.host_key = host_key
        self._patience = patience
        self.cipher = str(transport.local_cipher)
        self.server = "".join(c for c in transport.remote_version[:80] if c.isascii() and c.isprintable())
        self._transport = transport
        self.remote = Remote(Wire(_ChannelPipe(channel, line)))

    @contextmanager
    def within(self, count: int) -> Iterator[None]:
        """Bounds the whole of a task that moves ``count`` bytes: one reply's wait, and ``count`` at the slowest pace.

        Raises LinkError when the time is over, however busily the peer trickles."""
        seconds = self._patience.reply + count / self._patience.slowest
        over = threading.Event()

        def give_up() -> None:
            over.set()
            self.close()

        guard = threading.Timer(seconds, give_up)
        guard.daemon = True
        guard.start()
        try:
            yield
        except LinkError as error:
            if not over.is_set():
                raise
            raise LinkError(
                f"线路过慢：{seconds:.0f} 秒内未完成", f"the line is too slow: not done within {seconds:.0f} s"
            ) from error
        finally:
            guard.cancel()

    def close(self) -> None:
        """Ends the session; never waits for the peer."""
        self._transport.close()
        self._transport.sock.close()

    def __enter__(self) -> "Session":
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()


def open_session(
    endpoint: Endpoint,
    private_key: bytes,
    known_hosts: str,
    *,
    patience: Patience = PATIENT,
) -> Session:
    """Logs in with ``private_key`` (Ed25519, OpenSSH format) to the host that ``known_hosts`` (text) pins.

    Raises LinkError, HostKeyError, LoginError, or ConfigurationError for an unreadable key or known_hosts."""
    pins = read_pins(known_hosts, endpoint.host, endpoint.port)
    key = _key(private_key)
    line = _dial(endpoint, patience.connect, patience.reply)
    transport = _transport(line, pins, patience.greeting)
    try:
        with _faults(endpoint):
            host_key = _shake_hands(transport, pins, 2 * patience.greeting)
            _log_in(transport, endpoint, key, patience.login)
            return _start(line, transport, endpoint, host_key, patience)
    except BaseException:
        transport.close()
        line.close()
        raise


class _ChannelPipe:
    """A channel as a wire.Pipe. What fills several SSH packets leaves in one go."""

    def __init__(self, channel: "Channel", line: Line) -> None:
        self._channel, self._line = channel, line

    def send(self, data: bytes) -> None:
        with _faults(), self._line.together():
            at = 0
            while at < len(data):
                piece = data[at : at + SSH_PACKET]
                if self._channel.out_window_size < len(piece):
                    self._line.flush()
                at += self._channel.send(piece)

    def receive(self) -> bytes:
        with _faults():
            data = self._channel.recv(_WINDOW)
        if not data:
            raise LinkError("连接被对方中断", "the connection was cut")
        return data


def _dial(endpoint: Endpoint, connect_timeout: float, patience: float) -> Line:
    with _faults(endpoint):
        plain = socket.create_connection((endpoint.host, endpoint.port), timeout=connect_timeout)
    plain.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
    line = Line(plain)
    line.patience = patience
    return line


def _transport(line: Line, pins: Pins, banner_timeout: float) -> "Transport":
    from paramiko import Transport

    transport = Transport(line, default_window_size=_WINDOW)
    transport.set_log_channel(_LOG)
    transport.banner_timeout = transport.handshake_timeout = banner_timeout
    options = transport.get_security_options()
    options.ciphers, options.digests = CIPHERS, MACS
    # the pinned kinds first, so that a server with several keys shows the pinned one; then the others, so that a
    # changed key can be named
    known = tuple(options.key_types)
    pinned = [name for kind in pins.kinds for name in _ALGORITHMS.get(kind, (kind,)) if name in known]
    options.key_types = tuple(dict.fromkeys([*pinned, *known]))
    return transport


def _shake_hands(transport: "Transport", pins: Pins, timeout: float) -> HostKey:
    """Key exchange, then the pin, before anything of ours is said."""
    transport.start_client(timeout=timeout)
    shown = transport.get_remote_server_key()  # raises when start_client has only run out of time
    host_key = HostKey(kind=shown.get_name(), blob=shown.asbytes())
    pins.check(host_key)
    return host_key


def _log_in(transport: "Transport", endpoint: Endpoint, key: "Ed25519Key", timeout: float) -> None:
    from paramiko import AuthenticationException

    transport.auth_timeout = timeout
    started = time.monotonic()
    try:
        wanted = transport.auth_publickey(endpoint.user, key)
    except AuthenticationException as error:
        if not transport.is_active() or time.monotonic() - started >= timeout:
            raise LinkError("登录过程中连接中断或超时", "the line was cut or froze during login") from error
        wanted = ["publickey"]
    if wanted or not transport.is_authenticated():
        raise LoginError(
            f"服务器不接受用户 {endpoint.user} 用此密钥登录",
            f"the server does not let {endpoint.user} in with this key",
            safe=("未发送任何内容", "nothing was sent"),
            next=DOCTOR,
        )


def _start(line: Line, transport: "Transport", endpoint: Endpoint, host_key: HostKey, patience: Patience) -> Session:
    """The sftp channel and its greeting. A peer that falls silent or trickles is cut off by a timer: paramiko would
    wait for ever."""
    guard = threading.Timer(patience.reply, transport.close)
    guard.daemon = True
    guard.start()
    try:
        channel = transport.open_session(timeout=patience.reply)
        channel.settimeout(patience.reply)
        channel.invoke_subsystem("sftp")
        return Session(endpoint, host_key, line, transport, channel, patience)
    finally:
        guard.cancel()


def _key(private_key: bytes) -> "Ed25519Key":
    from paramiko import Ed25519Key, SSHException

    try:
        return Ed25519Key(file_obj=StringIO(private_key.decode("ascii")))
    except (SSHException, ValueError, IndexError) as error:
        raise ConfigurationError(
            "登录私钥无法读取(应为无口令的 Ed25519 OpenSSH 格式)",
            "the login key can't be read (expected Ed25519 in OpenSSH format without a passphrase)",
            next=DOCTOR,
        ) from error


@contextmanager
def _faults(endpoint: Endpoint | None = None) -> Iterator[None]:
    """Whatever a socket or paramiko raises about the line, as LinkError."""
    from paramiko import SSHException

    where = f" {endpoint}" if endpoint else ""
    try:
        yield
    except TimeoutError as error:
        raise LinkError(f"连接{where} 超时：对方无响应", f"the connection{where} timed out: no answer") from error
    except (SSHException, OSError, EOFError) as error:
        kind = (isinstance(error, OSError) and error.strerror) or type(error).__name__
        raise LinkError(f"连接{where} 中断({kind})", f"the connection{where} failed ({kind})") from error
