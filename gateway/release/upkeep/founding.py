"""A new deployment: its files from the shipped ones, its keys new, its ledger empty."""

import secrets
import shutil
from datetime import datetime
from pathlib import Path

from gateway.base.errors import ConfigurationError
from gateway.base.files import write_atomic
from gateway.base.keyring import Keyring
from gateway.base.sshsig import CHECKPOINT, HISTORY, MANIFEST, generate_key, public_line
from gateway.ledger import Ledger
from gateway.release.site.deployment import EXCHANGE_SECRET, LEDGER_ANCHOR, LOGIN_KEY, SIGNING_KEY
from gateway.release.site.keybook import ADDED, Key, body_of, lines

SHIPPED = Path(__file__).resolve().parents[3]
_FOLDERS = ("agreements", "pipelines", "expectations")
_SETTINGS = """\
# This deployment. Paths are relative to this file; see docs/configuration.md.
agreement = "agreements/{agreement}.toml"
pipeline = "pipelines/monthly.toml"
operator = "{operator}"
allowed_signers = "keys/allowed_signers"

[source]
folder = "extract"              # or connection = "postgres://…", read through Ibis

[store]
var = "var"                     # releases, history, ledger: encrypted
keyring = "keyring"             # secrets: keep this folder on an encrypted volume of its own

[custody]
keys = "holding-keys"           # a key for each holding: left out of every backup

[engine]
memory = "1GB"
threads = 2

[sftp]
host = "{host}"
port = {port}
user = "{user}"
inbox = "/inbox"
receipts = "/receipts"
known_hosts = "keys/known_hosts"
"""


def found(
    root: Path, *, agreement: str, operator: str, sender: str, host: str, port: int, user: str, now: datetime
) -> list[Path]:
    """Makes the deployment ``root`` from the shipped declarations; the files that a person has to complete.

    Raises ConfigurationError when ``root`` already is a deployment: nothing is overwritten."""
    if (root / "gateway.toml").exists():
        raise ConfigurationError(
            f"{root} 已是部署目录",
            f"{root} already is a deployment",
            safe=("没有改动", "nothing was changed"),
            next=f"gateway doctor -C {root}",
        )
    missing = [name for name in _FOLDERS if not (SHIPPED / name).is_dir()]
    if missing:
        raise ConfigurationError(
            f"安装中缺少 {'、'.join(missing)}",
            f"this installation lacks {', '.join(missing)}: install it from its checkout",
        )
    root.mkdir(parents=True, exist_ok=True)
    for name in _FOLDERS:
        shutil.copytree(SHIPPED / name, root / name, dirs_exist_ok=True)
    (root / "extract").mkdir(exist_ok=True)
    keyring = Keyring.create(root / "keyring")
    for name in (SIGNING_KEY, LOGIN_KEY):
        if not keyring.has(name):
            keyring.put(name, generate_key())
    if not keyring.has(EXCHANGE_SECRET):
        keyring.put(EXCHANGE_SECRET, secrets.token_bytes(32))
    keys = root / "keys"
    signing = public_line(keyring.get(SIGNING_KEY))
    own = Key(principal=sender, key=signing, namespaces=(MANIFEST, CHECKPOINT, HISTORY))
    write_atomic(keys / "allowed_signers", lines([own]).encode())
    write_atomic(keys / "sftp-login.pub", (public_line(keyring.get(LOGIN_KEY)) + f" {operator}\n").encode())
    write_atomic(keys / "known_hosts", b"# the inbox's host key, told by the receiver: [host]:port ssh-ed25519 ...\n")
    Ledger.create(root / "var" / "ledger.db")
    ledger = Ledger(root / "var" / "ledger.db", keyring.folder / LEDGER_ANCHOR)
    if not ledger.entries(kind=ADDED):
        ledger.append(ADDED, actor=operator, body=body_of(own), at=now, expect=None)
    settings = _SETTINGS.format(agreement=agreement, operator=operator, host=host, port=port, user=user)
    write_atomic(root / "gateway.toml", settings.encode())
    return [root / "gateway.toml", keys / "allowed_signers", keys / "known_hosts", keys / "sftp-login.pub"]
