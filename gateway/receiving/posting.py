"""Where receipts lie, who may sign them, and how the one that stands is put where the platform fetches it.

Needs no library but the one that signs: the bureau's kit uses it as it is."""

from datetime import datetime
from pathlib import Path

from gateway.base.errors import ConfigurationError, GatewayError, IntegrityError
from gateway.base.files import sync, write_atomic
from gateway.base.sshsig import RECEIPT, Signer, sign, verify
from gateway.model.period import ZONE
from gateway.receiving.entry import Entry


def paths(folder: Path, release: str) -> tuple[Path, Path]:
    """Where a release's receipt and its signature lie."""
    receipt = folder / f"{release}.R1.json"
    return receipt, receipt.with_name(receipt.name + ".sig")


def check_key(key: bytes, recipient: str, signers: list[Signer], now: datetime) -> None:
    """Raises ConfigurationError unless receipts that ``recipient`` signs with ``key`` now will be accepted."""
    try:
        signer = verify(b"", sign(b"", key, RECEIPT), RECEIPT, signers, now)
        if signer.principal != recipient:
            raise IntegrityError(f"这是 {signer.principal} 的密钥", f"it is the key of {signer.principal}")
    except IntegrityError as error:
        raise ConfigurationError(
            f"本接收密钥签署的回执不会被承认：{error.zh}",
            f"receipts signed with this key would not be accepted: {error.en}",
            safe=("数据包未被打开", "the package was not opened"),
            next=("在 allowed_signers 中登记接收密钥", "list the receiving key in allowed_signers"),
        ) from error


def check_known(folder: Path, entries: list[Entry], release: str) -> None:
    """Raises IntegrityError when a receipt lies there that the register doesn't know: one of the two was changed."""
    receipt, _ = paths(folder, release)
    if _content(receipt) not in {None, *(entry.details.receipt.encode() for entry in entries)}:
        raise IntegrityError(
            f"回执 {receipt.name} 不在登记簿中：登记簿被退回到以前的状态，或回执被改动过",
            f"the receipt {receipt.name} is not in the register: the register was set back, or the receipt changed",
            safe=("两者都未作改动", "neither was touched"),
            next=("从备份恢复登记簿，或移走该回执", "restore the register from its backup, or move the receipt away"),
        )


def publish(folder: Path, entry: Entry) -> tuple[Path, Path]:
    """Writes the receipt of ``entry`` where it lies for the platform, unless it lies there already."""
    receipt, signature = paths(folder, entry.release)
    wanted = (entry.details.receipt.encode(), entry.details.signature.encode())
    if (_content(receipt), _content(signature)) == wanted:
        return receipt, signature
    try:
        if signature.exists():  # an old signature beside a new receipt would look like a forgery
            signature.unlink()
            sync(folder)
        write_atomic(receipt, wanted[0])
        write_atomic(signature, wanted[1])
    except OSError as error:
        raise _unwritten(entry.number) from error
    return receipt, signature


def _content(path: Path) -> bytes | None:
    """The file's bytes, or None when there is none. Raises ConfigurationError."""
    try:
        return path.read_bytes()
    except (FileNotFoundError, NotADirectoryError):
        return None
    except OSError as error:
        raise ConfigurationError(f"{path.name} 无法读取", f"{path.name} can't be read") from error


def stamp(moment: datetime) -> str:
    """``moment`` as ISO 8601 in Asia/Shanghai, to the second."""
    return moment.astimezone(ZONE).isoformat(timespec="seconds")


def _unwritten(number: int) -> GatewayError:
    return ConfigurationError(
        f"已登记为第 {number} 号，但回执未能写入",
        f"registered as no. {number}, but the receipt could not be written",
        safe=("登记和解压的文件完好", "the register and the unpacked files are in order"),
        next="gateway receive",
    )
