"""The demo's server shows its folder to its users and nothing else to anyone."""

import subprocess
from pathlib import Path

import pytest

from gateway.base import sshsig
from gateway.delivery import Endpoint, LinkError, RefusedError, fetch, list_names, open_session, publish
from gateway.demo.server import local_server


def test_nothing_above_the_folder_can_be_reached(tmp_path: Path) -> None:
    root = tmp_path / "root"
    (root / "inbox").mkdir(parents=True)
    (tmp_path / "secret").write_bytes(b"secret")
    key = sshsig.generate_key()
    with local_server(root, [sshsig.public_line(key)]) as server:
        endpoint = Endpoint(host=server.host, port=server.port, user="platform")
        with open_session(endpoint, key, server.known_hosts) as session:
            assert "secret" not in list_names(session, folder="/..")
            with pytest.raises(RefusedError):
                fetch(session, "secret", folder="/..")
            with pytest.raises(RefusedError):
                publish(session, tmp_path / "secret", "stolen", folder=str(tmp_path))
        port = server.port
    with pytest.raises(LinkError):  # it ends with the block
        open_session(endpoint, key, f"[127.0.0.1]:{port} {server.host_key}")
    assert sorted(path.name for path in tmp_path.iterdir()) == ["root", "secret"]


def test_it_listens_on_this_machine_only(tmp_path: Path) -> None:
    with local_server(tmp_path, []) as server:
        listening = {line.split()[1] for line in Path("/proc/net/tcp").read_text().splitlines()[1:]}
        assert {address for address in listening if address.endswith(f":{server.port:04X}")} == {
            f"0100007F:{server.port:04X}"
        }


def test_openssh_gets_files_and_no_shell(tmp_path: Path) -> None:
    root = tmp_path / "root"
    root.mkdir()
    key = sshsig.generate_key()
    identity, known = tmp_path / "key", tmp_path / "known_hosts"
    identity.touch(mode=0o600)
    identity.write_bytes(key)
    with local_server(root, [sshsig.public_line(key)]) as server:
        known.write_text(server.known_hosts)
        options = ["-F", "none", "-i", str(identity), "-o", f"UserKnownHostsFile={known}", "-o", "BatchMode=yes"]
        put = subprocess.run(
            ["sftp", *options, "-P", str(server.port), "-b", "-", "u@127.0.0.1"],
            input=f"put {known} /copy\n",
            text=True,
            capture_output=True,
            timeout=20,
            check=False,
        )
        assert put.returncode == 0, put.stderr
        shell = subprocess.run(
            ["ssh", *options, "-p", str(server.port), "u@127.0.0.1", "true"],
            capture_output=True,
            timeout=20,
            check=False,
        )
        assert shell.returncode != 0
    assert (root / "copy").read_bytes() == known.read_bytes()


def test_a_port_that_is_taken_is_said(tmp_path: Path) -> None:
    with (
        local_server(tmp_path, []) as server,
        pytest.raises(OSError, match="address"),
        local_server(tmp_path, [], port=server.port),
    ):
        pass


def test_the_host_key_can_be_kept(tmp_path: Path) -> None:
    key = sshsig.generate_key()
    with local_server(tmp_path, [], host_key=key) as server:
        assert server.host_key == sshsig.public_line(key)
