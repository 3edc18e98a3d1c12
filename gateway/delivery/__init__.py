"""Packages go to the inbox over SFTP, each proved to have arrived before it has its name; receipts are fetched.

The room guarantees: only the pinned host is spoken to; no wait is without end; a final name never holds part of a
file, and no file is ever overwritten; ``publish`` returns only when the server has given back every byte. A failure is
a TransferError, and a LinkError (the line, worth another try) only when it is one."""

from gateway.delivery.errors import ContentError, HostKeyError, LinkError, LoginError, RefusedError, SpaceError
from gateway.delivery.probe import Probe, probe
from gateway.delivery.publish import Progress, Proof, Stage, publish
from gateway.delivery.receipts import Where, fetch, find, list_names, remove
from gateway.delivery.retry import with_retries
from gateway.delivery.session import Endpoint, Patience, Session, open_session

__all__ = [
    "ContentError",
    "Endpoint",
    "HostKeyError",
    "LinkError",
    "LoginError",
    "Patience",
    "Probe",
    "Progress",
    "Proof",
    "RefusedError",
    "Session",
    "SpaceError",
    "Stage",
    "Where",
    "fetch",
    "find",
    "list_names",
    "open_session",
    "probe",
    "publish",
    "remove",
    "with_retries",
]
