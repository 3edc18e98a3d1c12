"""A file appears under its final name only when the server has been seen to hold all of it.

Sent as ``.name.<sha16>.part``, a name bound to the content; every write acknowledged, flushed, closed, then read back
and compared in full; the proof recorded by the caller; only then renamed, and never over an existing file. A cut at any
moment leaves at most a part, and the next call goes on from the first byte that differs. A part is never truncated and
whoever writes to it writes the same bytes at the same places, so two calls at once can't harm each other."""

import hashlib
import os
import re
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path
from typing import BinaryIO

from gateway.base.canonical import blocks
from gateway.base.errors import ConfigurationError, InputError
from gateway.delivery import pump
from gateway.delivery.errors import AGAIN, ContentError, RefusedError, SpaceError
from gateway.delivery.remote import CREATE, READ, WRITE, Remote, join
from gateway.delivery.session import Session

_NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,199}")


class Stage(StrEnum):
    """What a progress report counts: bytes that the server has confirmed, or that were read back and are right."""

    SEND = "send"
    PROVE = "prove"


Progress = Callable[[Stage, int, int], None]
"""Told (stage, bytes done, bytes in all)."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Proof:
    """The server returned exactly these ``bytes`` with this ``sha256`` from ``folder``/``name``, or from its part.

    ``flushed``: the server confirmed that they are on its disk. ``resumed``: offset at which this call went on.
    ``already``: the final name held them before this call, which sent nothing."""

    folder: str
    name: str
    bytes: int
    sha256: str
    flushed: bool
    resumed: int
    already: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class _Job:
    """One file on its way. ``stream`` is the local file, open for reading."""

    remote: Remote
    stream: BinaryIO
    folder: str
    name: str
    size: int
    sha256: str
    progress: Progress

    @property
    def final(self) -> str:
        return join(self.folder, self.name)

    @property
    def part(self) -> str:
        return join(self.folder, part_name(self.name, self.sha256))

    def proof(self, *, flushed: bool, resumed: int, already: bool) -> Proof:
        return Proof(
            folder=self.folder,
            name=self.name,
            bytes=self.size,
            sha256=self.sha256,
            flushed=flushed,
            resumed=resumed,
            already=already,
        )


def publish(
    session: Session,
    path: Path,
    name: str,
    *,
    folder: str = "/inbox",
    progress: Progress | None = None,
    proved: Callable[[Proof], None] | None = None,
) -> Proof:
    """Puts the file at ``path`` into ``folder`` as ``name`` and returns the proof that it is there.

    ``proved`` records the proof before the rename; if it raises, nothing is renamed. It is also told of a file that was
    there ``already``. Raises ContentError when another file has the name or what is read back differs, SpaceError when
    the disk is full, RefusedError when the server says no, LinkError when the line fails, InputError when the local
    file can't be read or shrinks. The receiver may take the file away as soon as it has its name."""
    check_name(name)
    record = proved or (lambda proof: None)
    try:
        stream = path.open("rb")
    except OSError as error:
        raise InputError(f"无法读取待发送的文件 {name}", f"the file to send, {name}, can't be read") from error
    with stream:
        size, sha256 = os.fstat(stream.fileno()).st_size, hashlib.sha256()
        for block in blocks(stream):
            sha256.update(block)
        job = _Job(
            remote=session.remote,
            stream=stream,
            folder=folder,
            name=name,
            size=size,
            sha256=sha256.hexdigest(),
            progress=progress or (lambda stage, done, of: None),
        )
        with session.within(2 * size):  # what lies there is read, the rest is written, all is read back
            return _publish(job, record)


def is_plain(name: str) -> bool:
    """Whether ``name`` is a plain file name, not hidden: ASCII letters, digits, ``.``, ``_``, ``-``."""
    return _NAME.fullmatch(name) is not None


def part_name(name: str, sha256: str) -> str:
    """What ``name`` is called until it is proved: hidden, and bound to the content."""
    return f".{name}.{sha256[:16]}.part"


def check_name(name: str) -> None:
    """Raises ConfigurationError unless ``name`` is plain."""
    if not is_plain(name):
        raise ConfigurationError(f"不是可用的文件名：{name!r}", f"not a usable file name: {name!r}")


def _publish(job: _Job, record: Callable[[Proof], None]) -> Proof:
    if job.remote.stat(job.final) is not None:
        return _already(job, record)
    try:
        proof = _deliver(job, record)
    except RefusedError:
        if job.remote.stat(job.final) is None:
            raise
        return _already(job, record)  # somebody else has published this name meanwhile: the same file, or another
    attributes = job.remote.stat(job.final)
    if attributes is not None and attributes.size != job.size:
        raise ContentError(f"改名后 {job.final} 的大小不对", f"{job.final} has a wrong size after the rename")
    return proof


def _deliver(job: _Job, record: Callable[[Proof], None]) -> Proof:
    """Send, prove, record, rename: in this order."""
    start = _common_prefix(job)
    _check_space(job, start)
    flushed = _send(job, start)
    _prove(job, job.part)
    proof = job.proof(flushed=flushed, resumed=start, already=False)
    record(proof)
    job.remote.rename(job.part, job.final)
    return proof


def _already(job: _Job, record: Callable[[Proof], None]) -> Proof:
    """The final name exists: the same content is success, anything else a conflict. A leftover part is cleared away."""
    _prove(job, job.final)
    proof = job.proof(flushed=False, resumed=0, already=True)
    record(proof)
    with suppress(RefusedError):  # a part left behind harms nobody
        if job.remote.stat(job.part) is not None:
            job.remote.remove(job.part)
    return proof


def _common_prefix(job: _Job) -> int:
    """How many bytes of the part, if there is one, are already right: compared byte by byte, not believed by size."""
    attributes = job.remote.stat(job.part)
    if attributes is None:
        return 0
    if not attributes.regular or attributes.size is None or attributes.size > job.size:
        raise ContentError(
            f"服务器上的 {job.part} 不是本次传输的断点",
            f"{job.part} on the server is not a part of this file",
            next=(
                "请市局删除该文件后，再次运行同一命令",
                "ask the bureau to remove that file, then run the same command again",
            ),
        )
    job.stream.seek(0)
    right = 0
    with job.remote.open(job.part, READ) as handle:
        for data in pump.read(job.remote.wire, handle, job.part, size=attributes.size, longest=job.remote.longest_read):
            ours = job.stream.read(len(data))
            if data != ours:
                return right + len(os.path.commonprefix([data, ours]))  # noqa: RUF071  # bytes are what is meant
            right += len(data)
    return right


def _check_space(job: _Job, start: int) -> None:
    """Raises SpaceError when the server says that the rest can't fit. Only a courtesy: the proof is the read-back."""
    free = job.remote.free(job.folder)
    if free is not None and free < job.size - start:
        raise SpaceError(job.size - start, free)


def _send(job: _Job, start: int) -> bool:
    """Writes the part from ``start`` on and closes it; True when the server has flushed it to its disk."""
    confirmed = start

    def acknowledged(done: int) -> None:
        nonlocal confirmed
        confirmed = done
        job.progress(Stage.SEND, done, job.size)

    job.stream.seek(start)
    try:
        with job.remote.open(job.part, WRITE if start else CREATE) as handle:
            pump.write(
                job.remote.wire,
                handle,
                job.part,
                job.stream,
                at=start,
                end=job.size,
                longest=job.remote.longest_write,
                acknowledged=acknowledged,
            )
            return job.remote.fsync(handle, job.part)
    except RefusedError:
        _check_space(job, confirmed)  # the status says only FAILURE when a disk is full
        raise


def _prove(job: _Job, path: str) -> None:
    """Reads ``path`` back in full. Raises ContentError unless size and SHA-256 are those of the file sent."""
    sha256, done = hashlib.sha256(), 0
    with job.remote.open(path, READ) as handle:
        size = job.remote.size(handle, path)
        if size == job.size:
            for data in pump.read(job.remote.wire, handle, path, size=size, longest=job.remote.longest_read):
                sha256.update(data)
                done += len(data)
                job.progress(Stage.PROVE, done, job.size)
    if size == job.size and sha256.hexdigest() == job.sha256:
        return
    if path == job.final:
        raise ContentError(
            f"服务器上已有内容不同的 {path},未覆盖",
            f"{path} exists with other content; it was not overwritten",
            next=("内容有变须以新的修订号发布", "changed content goes out as a new revision"),
        )
    raise ContentError(
        f"回读 {path} 与所发内容不一致：服务器丢失或改动了数据",
        f"what was read back from {path} is not what was sent: the server lost or changed data",
        next=AGAIN,
    )
