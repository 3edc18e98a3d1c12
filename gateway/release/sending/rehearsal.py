"""A dry package to the inbox and back: real sealing, signing, sending, read-back; no data, no event in the ledger."""

import secrets
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from tempfile import TemporaryDirectory

from gateway.base.canonical import digest
from gateway.base.errors import IntegrityError
from gateway.base.sshsig import MANIFEST, sign, verify
from gateway.delivery import fetch, publish, remove
from gateway.model.table import Wording
from gateway.package import new_passphrase, open_package, seal
from gateway.release.sending.delivering import connect
from gateway.release.site.deployment import SIGNING_KEY, Deployment

CONTENT = Wording(zh="演练，不含数据", en="a rehearsal, without data")


@dataclass(frozen=True, slots=True, kw_only=True)
class Rehearsal:
    """What came back: ``bytes`` sent and read back equal; the signature held; the package opened; nothing is left."""

    server: str
    bytes: int
    sha256: str


def rehearse(deployment: Deployment, now: datetime, progress: Callable[[str, float], None]) -> Rehearsal:
    """Sends a rehearsal package and its signature, fetches both, checks them, removes them.

    Raises TransferError when it could not be proved, IntegrityError when what came back does not hold."""
    sftp = deployment.settings.sftp
    name = f"REHEARSAL-{now:%Y%m%d%H%M%S}-{secrets.token_hex(3)}.zip"
    passphrase = new_passphrase(secrets.token_bytes)
    package = seal([("statement.json", f"{CONTENT.zh} / {CONTENT.en}\n".encode())], passphrase)
    signature = sign(package, deployment.keyring.get(SIGNING_KEY), MANIFEST).encode()
    files = {name: package, f"{name}.sig": signature}
    with TemporaryDirectory() as folder, connect(deployment) as session:
        try:
            for place, (file, data) in enumerate(files.items()):
                path = Path(folder) / file
                path.write_bytes(data)
                publish(session, path, file, folder=sftp.inbox)
                progress(file, (place + 1) / len(files))
            back = {file: fetch(session, file, folder=sftp.inbox) for file in files}
        finally:
            for file in files:
                remove(session, file, folder=sftp.inbox)
        server = session.server
    signers = deployment.allowed_signers()
    verify(back[name], back[f"{name}.sig"].decode(), MANIFEST, signers, now)
    if back != files or not open_package(back[name], passphrase):
        raise IntegrityError("取回的演练包与发出的不同", "the rehearsal package came back changed")
    return Rehearsal(server=server, bytes=len(package), sha256=digest(package))
