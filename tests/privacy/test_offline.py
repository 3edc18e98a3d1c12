"""Nothing here uses the network, and Presidio is loaded only when something passed the gate."""

import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).parents[2]

FORBIDDEN = """
import socket, sys

def refuse(*_, **__):
    raise AssertionError("network")

for name in ("connect", "connect_ex", "bind", "sendto"):
    setattr(socket.socket, name, refuse)
for name in ("getaddrinfo", "gethostbyname", "create_connection"):
    setattr(socket, name, refuse)
"""

SCAN = """
from gateway.privacy import scan_text
found = {f.entity for f in scan_text("邮箱zhao@mail.example.co.uk，电话13800138000，218.62.10.7，http://example.museum/x")}
assert found == {"EMAIL", "CN_MOBILE", "IP_ADDRESS"}, found
assert "presidio_analyzer" in sys.modules
"""

CLEAN = """
from pathlib import Path
from gateway.privacy import scan_file
scan = scan_file("p.zip", Path(sys.argv[1]).read_bytes(), passphrase=sys.argv[2], vocabulary=frozenset(sys.argv[3:]))
assert not scan.blocks and not scan.findings
heavy = {"presidio_analyzer", "spacy", "pandas", "pyarrow.parquet"} & sys.modules.keys()
assert not heavy, heavy
"""


def run(code, *arguments):
    return subprocess.run(
        [sys.executable, "-c", FORBIDDEN + code, *arguments], cwd=ROOT, capture_output=True, text=True, check=False
    )


def test_scanning_with_every_socket_forbidden():
    done = run(SCAN)
    assert done.returncode == 0, done.stderr


def test_a_clean_package_is_scanned_without_presidio(package, sealed, passphrase, vocabulary, tmp_path):
    (tmp_path / "p.zip").write_bytes(sealed(package))
    done = run(CLEAN, str(tmp_path / "p.zip"), passphrase, *sorted(vocabulary))
    assert done.returncode == 0, done.stderr


def test_the_door_opens_without_loading_anything_heavy():
    done = run("import gateway.privacy\nassert not {'pyarrow', 'presidio_analyzer'} & sys.modules.keys()")
    assert done.returncode == 0, done.stderr
