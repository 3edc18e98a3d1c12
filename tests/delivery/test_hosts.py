"""Only the pinned host is spoken to, and only the right key gets in."""

import base64
import hashlib
import subprocess
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from gateway.base import sshsig
from gateway.base.errors import ConfigurationError
from gateway.delivery import HostKeyError, LoginError
from gateway.delivery.hostkeys import HostKey, read_pins
from gateway.demo.server import LocalServer, local_server
from tests.delivery.places import Place
from tests.servers import sshd


def public(seed: int) -> str:
    raw = bytes([seed]) * 32
    blob = b"\0\0\0\x0bssh-ed25519\0\0\0\x20" + raw
    return "ssh-ed25519 " + base64.b64encode(blob).decode()


def key(seed: int) -> HostKey:
    kind, text = public(seed).split()
    return HostKey(kind=kind, blob=base64.b64decode(text))


@pytest.mark.parametrize(
    ("line", "host", "port", "trusted"),
    [
        ("sftp.example.cn {}", "sftp.example.cn", 22, True),
        ("SFTP.example.cn {}", "sftp.EXAMPLE.cn", 22, True),
        ("[sftp.example.cn]:2222 {}", "sftp.example.cn", 2222, True),
        ("a,[sftp.example.cn]:2222,10.0.0.1 {} a comment", "sftp.example.cn", 2222, True),
        ("sftp.example.cn {}", "sftp.example.cn", 2222, False),  # another port is another server
        ("[sftp.example.cn]:2222 {}", "sftp.example.cn", 22, False),
        ("sftp.example.cn {}", "xsftp.example.cn", 22, False),
        ("# sftp.example.cn {}", "sftp.example.cn", 22, False),
        ("", "sftp.example.cn", 22, False),
    ],
)
def test_a_server_is_named_exactly(line: str, host: str, port: int, trusted: bool) -> None:
    pins = read_pins(f"\n{line.format(public(1))}\n\n", host, port)
    if trusted:
        pins.check(key(1))
    with pytest.raises(HostKeyError):
        pins.check(key(2))
    if not trusted:
        with pytest.raises(HostKeyError, match="not known"):
            pins.check(key(1))


@pytest.mark.parametrize(
    "line",
    [
        "* {}",
        "*.example.cn {}",
        "!a,b {}",
        "host? {}",
        "@cert-authority host {}",
        "@new host {}",
        "host ssh-ed25519",
        "host",
        "host ssh-ed25519 !!!!",
        "host ssh-rsa AAAAC3NzaC1lZDI1NTE5AAAAIAEBAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQEB",
        "|1|short|hash {}",
        "|2|AAAAAAAAAAAAAAAAAAAAAAAAAAA=|AAAAAAAAAAAAAAAAAAAAAAAAAAA= {}",
    ],
)
def test_a_line_that_is_not_understood_blocks(line: str) -> None:
    with pytest.raises(ConfigurationError, match="line 2"):
        read_pins("\n" + line.format(public(1)), "host", 22)


def test_a_revoked_key_is_refused_even_when_it_is_pinned() -> None:
    pins = read_pins(f"host {public(1)}\n@revoked host {public(1)}\nhost {public(2)}\n", "host", 22)
    pins.check(key(2))
    with pytest.raises(HostKeyError, match="revoked"):
        pins.check(key(1))


@pytest.mark.parametrize("port", [22, 2222])
def test_hashed_names_as_ssh_keygen_writes_them(tmp_path: Path, port: int) -> None:
    file = tmp_path / "known_hosts"
    name = "sftp.example.cn" if port == 22 else f"[sftp.example.cn]:{port}"
    file.write_text(f"{name} {public(1)}\n")
    subprocess.run(["ssh-keygen", "-q", "-H", "-f", str(file)], check=True, capture_output=True)
    assert "sftp" not in file.read_text()
    read_pins(file.read_text(), "sftp.example.cn", port).check(key(1))
    assert read_pins(file.read_text(), "other.example.cn", port).trusted == ()


def test_fingerprint_is_that_of_ssh_keygen(tmp_path: Path) -> None:
    (tmp_path / "key.pub").write_text(public(3) + "\n")
    shown = subprocess.run(
        ["ssh-keygen", "-l", "-f", str(tmp_path / "key.pub")], check=True, capture_output=True, text=True
    ).stdout
    assert key(3).fingerprint in shown


def test_a_changed_host_key_is_refused_with_both_fingerprints(place: Place) -> None:
    other = sshsig.public_line(sshsig.generate_key())
    pinned = place.known_hosts.split(" ", 1)[1]
    with pytest.raises(HostKeyError) as caught:
        replace(place, known_hosts=place.known_hosts.replace(pinned, other)).login()
    for fingerprint in (sshsig.fingerprint(other), sshsig.fingerprint(pinned)):
        assert fingerprint in caught.value.en
        assert fingerprint in caught.value.zh


@pytest.mark.parametrize("known_hosts", ["", "[127.0.0.1]:1 {}", "127.0.0.1 {}"])
def test_an_unknown_host_is_refused_with_its_fingerprint(place: Place, known_hosts: str) -> None:
    shown = place.known_hosts.split(" ", 1)[1].strip()
    with pytest.raises(HostKeyError) as caught:
        replace(place, known_hosts=known_hosts.format(shown)).login()
    assert sshsig.fingerprint(shown) in caught.value.en


def test_a_server_with_several_keys_shows_the_pinned_one(tmp_path: Path) -> None:
    rsa = tmp_path / "rsa"
    subprocess.run(["ssh-keygen", "-q", "-t", "rsa", "-b", "2048", "-N", "", "-f", str(rsa)], check=True)
    with sshd(tmp_path / "sshd", config=[f"HostKey {rsa}"]) as server:
        place = Place(
            host=server.host,
            port=server.port,
            user=server.user,
            key=server.private_key,
            known_hosts=f"[127.0.0.1]:{server.port} {rsa.with_suffix('.pub').read_text()}",
            inbox=str(server.folder),
            local=server.folder,
        )
        with place.login() as session:
            assert session.host_key.kind == "ssh-rsa"
        ecdsa = tmp_path / "ecdsa"
        subprocess.run(["ssh-keygen", "-q", "-t", "ecdsa", "-N", "", "-f", str(ecdsa)], check=True)
        missing = f"[127.0.0.1]:{server.port} {ecdsa.with_suffix('.pub').read_text()}"
        with pytest.raises(HostKeyError, match="changed"):  # a kind that the server no longer has
            replace(place, known_hosts=missing).login()


@pytest.fixture
def spied(tmp_path: Path) -> Iterator[LocalServer]:
    with local_server(tmp_path, [sshsig.public_line(sshsig.generate_key())]) as server:
        yield server


def test_a_key_that_is_not_listed_does_not_get_in(place: Place, spied: LocalServer) -> None:
    with pytest.raises(LoginError):
        replace(place, key=sshsig.generate_key()).login()
    with pytest.raises(LoginError):
        replace(place, port=spied.port, known_hosts=spied.known_hosts).login()


def test_a_server_that_wants_more_than_the_key_is_refused(tmp_path: Path) -> None:
    config = ["KbdInteractiveAuthentication yes", "AuthenticationMethods publickey,publickey"]
    with sshd(tmp_path, config=config) as server:
        place = Place(
            host=server.host,
            port=server.port,
            user=server.user,
            key=server.private_key,
            known_hosts=server.known_hosts,
            inbox=str(server.folder),
            local=server.folder,
        )
        with pytest.raises(LoginError):
            place.login()


@pytest.mark.parametrize("bad", [b"", b"not a key", b"\xff\xfe", b"-----BEGIN OPENSSH PRIVATE KEY-----\nAAAA\n"])
def test_an_unreadable_key_is_a_matter_of_configuration(openssh: Place, bad: bytes) -> None:
    with pytest.raises(ConfigurationError):
        replace(openssh, key=bad).login()


def test_gcm_is_what_is_spoken(place: Place) -> None:
    with place.login() as session:
        assert session.cipher == "aes256-gcm@openssh.com"
        assert session.host_key.fingerprint == "SHA256:" + base64.b64encode(
            hashlib.sha256(session.host_key.blob).digest()
        ).decode().rstrip("=")
