"""Expected failures. Each says what happened, what is safe now and the next command, and carries an exit code.

Messages hold counts, column names, row numbers and digests, never a value of the data. A bug is any other exception
and keeps its traceback."""

import errno
from collections.abc import Callable
from enum import IntEnum

from gateway.base.language import say


class Exit(IntEnum):
    """What a command's exit code means. Stable: other programs rely on it (docs/commands.md)."""

    DONE = 0
    USAGE = 2
    CONFIGURATION = 10
    INPUT = 11
    QUALITY = 12
    PERSONAL_DATA = 13
    DISCLOSURE = 14
    AWAITING_APPROVAL = 15
    TRANSFER = 16
    RECEIPT = 17
    INTEGRITY = 18
    TERMS = 19


class GatewayError(Exception):
    """An expected failure.

    ``zh`` and ``en`` say what happened; ``safe`` what is untouched; ``next`` the command that goes on from here."""

    exit: Exit = Exit.CONFIGURATION

    def __init__(
        self, zh: str, en: str, *, safe: tuple[str, str] | None = None, next: tuple[str, str] | str | None = None
    ) -> None:
        super().__init__(en)
        self.zh, self.en, self.safe = zh, en, safe
        self.next = (next, next) if isinstance(next, str) else next

    def __reduce__(self) -> "tuple[Callable[..., GatewayError], tuple[type[GatewayError], dict[str, object]]]":
        """As it is, whatever a subclass is made from: for a second process (``gateway.base.aside``)."""
        return _again, (type(self), vars(self))

    @property
    def code(self) -> str:
        """The error's stable name, e.g. ``InputError``."""
        return type(self).__name__

    def __str__(self) -> str:
        return say(self.zh, self.en)

    def lines(self) -> list[tuple[str, str]]:
        """(label, sentence) for a person, in the reader's language."""
        rows = [(say("错误", "error"), f"{self} [{self.code} {int(self.exit)}]")]
        if self.safe:
            rows.append((say("现状", "safe"), say(*self.safe)))
        if self.next:
            rows.append((say("下一步", "next"), say(*self.next)))
        return rows


def _again(kind: type[GatewayError], said: dict[str, object]) -> GatewayError:
    error = kind.__new__(kind, said["en"])
    vars(error).update(said)
    return error


class ConfigurationError(GatewayError):
    """A setting, declaration or key is missing, wrong or contradictory, or the machine refuses (``machine_error``)."""

    exit = Exit.CONFIGURATION


class InputError(GatewayError):
    """The platform's extract can't be read as its contract says."""

    exit = Exit.INPUT


class QualityError(GatewayError):
    """An expectation does not hold."""

    exit = Exit.QUALITY


class PersonalDataError(GatewayError):
    """Personal data was found, or something could not be searched."""

    exit = Exit.PERSONAL_DATA


class DisclosureError(GatewayError):
    """A table can't be shown to be protected."""

    exit = Exit.DISCLOSURE


class AwaitingApprovalError(GatewayError):
    """Two data stewards have not yet approved the statement."""

    exit = Exit.AWAITING_APPROVAL


class TransferError(GatewayError):
    """A package could not be proved to have reached the inbox."""

    exit = Exit.TRANSFER


class ReceiptError(GatewayError):
    """A receipt is absent, forged, or for something else."""

    exit = Exit.RECEIPT


class IntegrityError(GatewayError):
    """A digest, signature or chain does not hold."""

    exit = Exit.INTEGRITY


class TermsError(GatewayError):
    """The agreement does not permit it: out of scope, out of area, or not in force."""

    exit = Exit.TERMS


def machine_error(error: OSError) -> GatewayError:
    """What the machine refused: a full disk, a file that is missing or may not be read. Every artefact is written
    beside its place and renamed, so nothing is half-written."""
    place = f"{error.filename}: " if error.filename else ""
    reason = error.strerror or type(error).__name__
    if error.errno in (errno.ENOSPC, errno.EDQUOT, errno.EFBIG):
        return ConfigurationError(
            f"{place}磁盘已满",
            f"{place}the disk is full",
            safe=("没有留下写了一半的文件，已完成的阶段保留", "no file is half-written; finished stages are kept"),
            next=("腾出空间后运行同一命令", "free some space and run the same command again"),
        )
    return ConfigurationError(
        f"{place}{reason}",
        f"{place}{reason}",
        safe=("没有留下写了一半的文件", "no file is half-written"),
        next="gateway doctor",
    )
