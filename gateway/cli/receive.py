"""``gateway receive``: the bureau's side. Needs no deployment."""

import sys
from pathlib import Path
from typing import Annotated

import typer

from gateway.base.language import say
from gateway.base.text import decoded, read_text
from gateway.cli import options
from gateway.cli.output import checked, emit, tell


def command(
    files: Annotated[
        list[Path], typer.Argument(help=say("数据包的文件或所在目录", "the package's files, or their folder"))
    ],
    recipient: Annotated[str, typer.Option(help=say("本人的数据管理员编号", "your id as a data manager"))],
    key: Annotated[Path, typer.Option(help=say("签署回执的私钥", "the private key that signs receipts"))],
    allowed_signers: Annotated[Path, typer.Option(help=say("允许的签名人名单", "the allowed_signers file"))],
    passphrase_file: Annotated[
        Path | None,
        typer.Option(help=say("口令文件，- 为标准输入；省略则提示输入", "- for stdin; prompts when left out")),
    ] = None,
    register: Annotated[Path, typer.Option(help=say("接收登记簿", "the register"))] = Path("register.db"),
    receipts: Annotated[Path, typer.Option(help=say("回执目录", "where receipts go"))] = Path("receipts"),
    unpack: Annotated[Path | None, typer.Option(help=say("解出文件的目录", "where to unpack"))] = None,
    as_json: options.Json = False,
) -> None:
    """Receives a package."""
    from gateway.receiving import MEANINGS, SAID, PackageRefusedError, receive

    try:
        reception = receive(
            files,
            passphrase=opened(read_passphrase(passphrase_file), key),
            allowed_signers=read_text(allowed_signers),
            recipient=recipient,
            key=key.read_bytes(),
            register=register,
            receipts=receipts,
            unpack=unpack,
            now=options.now(),
        )
    except PackageRefusedError as error:
        if as_json:
            emit(error.reception.as_json())
            raise typer.Exit(int(error.exit)) from error
        raise
    if as_json:
        emit(reception.as_json())
        return
    rows = [(say("结果", "result"), f"{say(*SAID[reception.disposition])} [{reception.disposition}]")]
    rows += checked(reception.checks, {name: (one.zh, one.en) for name, one in MEANINGS.items()})
    rows += [
        (say("登记号", "register number"), str(reception.number)),
        (say("回执", "receipt"), str(reception.receipt)),
    ]
    if reception.unpacked:
        rows.append((say("已解出", "unpacked"), str(reception.unpacked)))
    tell(rows, title=str(reception.release))


def read_passphrase(path: Path | None) -> str:
    """The passphrase from a file, from stdin (``-``) or asked for; never an argument."""
    if path is None:
        return str(typer.prompt(say("口令", "passphrase"), hide_input=True, err=True))
    text = decoded(sys.stdin.buffer.read(), "stdin") if str(path) == "-" else read_text(path)
    return text.strip()


def opened(text: str, key: Path) -> str:
    """The passphrase itself, also when the file holds it wrapped by age for the manager's own key."""
    from gateway.base import age

    return age.unwrap(text, key.read_bytes()).decode() if text.startswith(age.HEAD) else text


command.__doc__ = say(
    "接收方：验签、解密、核对、登记、签回执。例：gateway receive inbox --recipient manager_a …",
    "The receiver's side: verify, decrypt, check, register, sign a receipt. Example: gateway receive inbox …",
)
