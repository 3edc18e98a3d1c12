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

    ``zh`` and ``en`` say what happened; ``safe`` what is untouched; ``next`` the command that goes on from here. Where
    a raiser leaves one out, the class's ``usual_safe`` or ``usual_next`` stands: no failure is told without both."""

    exit: Exit = Exit.CONFIGURATION
    usual_safe: tuple[str, str] = (
        "没有留下写了一半的文件；账本已记的不变",
        "no file is half-written; what the ledger holds stays as it is",
    )
    usual_next: tuple[str, str] = ("按所说的改正后运行同一命令", "mend what is said and run the same command again")

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

    @property
    def what_is_safe(self) -> str:
        """What is untouched, in the reader's language."""
        return say(*(self.safe or self.usual_safe))

    @property
    def what_next(self) -> str:
        """The command that goes on from here, in the reader's language."""
        return say(*(self.next or self.usual_next))

    def lines(self) -> list[tuple[str, str]]:
        """(label, sentence) for a person, in the reader's language: what happened, what is safe, what next."""
        return [
            (say("错误", "error"), f"{self} [{self.code} {int(self.exit)}]"),
            (say("现状", "safe"), self.what_is_safe),
            (say("下一步", "next"), self.what_next),
        ]


def _again(kind: type[GatewayError], said: dict[str, object]) -> GatewayError:
    error = kind.__new__(kind, said["en"])
    vars(error).update(said)
    return error


class ConfigurationError(GatewayError):
    """A setting, declaration or key is missing, wrong or contradictory, or the machine refuses (``machine_error``)."""

    exit = Exit.CONFIGURATION
    usual_next = (
        "改正所说的设置、声明或密钥后运行同一命令；部署目录由 gateway doctor 检查",
        "mend the setting, declaration or key that is named and run the same command again; gateway doctor checks a "
        "deployment",
    )


class InputError(GatewayError):
    """The platform's extract can't be read as its contract says."""

    exit = Exit.INPUT
    usual_safe = (
        "所读的文件没有改动；没有留下写了一半的文件",
        "what was read is as it was; no file is half-written",
    )
    usual_next = (
        "改正所说的文件或参数后运行同一命令",
        "mend the file or argument that is named and run the same command again",
    )


class QualityError(GatewayError):
    """An expectation does not hold."""

    exit = Exit.QUALITY
    usual_safe = ("没有任何内容离开", "nothing has left")
    usual_next = ("gateway status", "gateway status")


class PersonalDataError(GatewayError):
    """Personal data was found, or something could not be searched."""

    exit = Exit.PERSONAL_DATA
    usual_safe = ("没有任何内容离开", "nothing has left")
    usual_next = ("gateway scan FILE", "gateway scan FILE")


class DisclosureError(GatewayError):
    """A table can't be shown to be protected."""

    exit = Exit.DISCLOSURE
    usual_safe = ("没有生成可提供的表", "no table was released")
    usual_next = (
        "减少该表的分组或层级后运行同一命令",
        "declare the table with fewer groups or levels and run the same command again",
    )


class AwaitingApprovalError(GatewayError):
    """Two data stewards have not yet approved the statement."""

    exit = Exit.AWAITING_APPROVAL
    usual_safe = ("没有任何内容离开", "nothing has left")
    usual_next = ("gateway status", "gateway status")


class TransferError(GatewayError):
    """A package could not be proved to have reached the inbox."""

    exit = Exit.TRANSFER
    usual_safe = (
        "未覆盖收件服务器上的任何文件，本机的数据包完好",
        "nothing on the server was overwritten; the package on this machine is whole",
    )
    usual_next = ("gateway doctor", "gateway doctor")


class ReceiptError(GatewayError):
    """A receipt is absent, forged, or for something else."""

    exit = Exit.RECEIPT
    usual_safe = ("批次状态不变", "the release's state is unchanged")
    usual_next = ("与接收方的数据管理员核对", "ask the receiver's data manager")


class IntegrityError(GatewayError):
    """A digest, signature or chain does not hold."""

    exit = Exit.INTEGRITY
    usual_safe = (
        "不成立的内容没有被采用；没有留下写了一半的文件",
        "what does not hold was not used; no file is half-written",
    )
    usual_next = (
        "核对所说的文件、签名或口令后运行同一命令；账本由 gateway ledger verify 核验",
        "check the file, signature or passphrase that is named and run the same command again; gateway ledger verify "
        "checks the ledger",
    )


class TermsError(GatewayError):
    """The agreement does not permit it: out of scope, out of area, or not in force."""

    exit = Exit.TERMS
    usual_safe = ("协议不允许的没有做", "what the agreement does not permit was not done")
    usual_next = ("gateway agreement show", "gateway agreement show")


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
