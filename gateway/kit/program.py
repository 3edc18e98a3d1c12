"""The kit's command line: ``receive``, ``verify``, ``ledger``, ``register``. Plain argparse, nothing to install.

Chinese under a Chinese system, English otherwise. Exit codes are those of ``gateway``."""

import argparse
import getpass
import hashlib
import json
import locale
import os
import sys
from collections.abc import Callable, Mapping, MutableMapping, Sequence
from datetime import datetime
from pathlib import Path
from typing import Any

from gateway.base.errors import Exit, GatewayError, InputError
from gateway.base.language import say
from gateway.base.text import decoded, read_text

_INTERRUPTED = 130


def main(arguments: Sequence[str] | None = None) -> int:
    """Runs one command; its exit code."""
    _prepare()
    options = _parser().parse_args(arguments)
    try:
        return int(options.run(options))
    except KeyboardInterrupt:
        return _INTERRUPTED
    except GatewayError as error:
        for label, sentence in error.lines():
            sys.stderr.write(f"{label}: {sentence}\n")
        return int(error.exit)
    except OSError as error:
        sys.stderr.write(f"{error.filename}: {error.strerror}\n")
        return int(Exit.CONFIGURATION)


def _prepare() -> None:
    """The system's language where no variable names one, no character that stops a console of another encoding (a
    Chinese Windows has GBK wherever output goes to a file or a pipe), SM3 where OpenSSL has none."""
    for stream in (sys.stdout, sys.stderr):
        if hasattr(stream, "reconfigure"):
            stream.reconfigure(errors="replace")
    if os.name == "nt":
        import ctypes

        speak(os.environ, lambda: int(vars(ctypes)["windll"].kernel32.GetUserDefaultUILanguage()))
    try:
        hashlib.new("sm3")
    except ValueError:
        _add_sm3()


def speak(environ: MutableMapping[str, str], windows: Callable[[], int]) -> None:
    """Windows names its language by a number (``windows``; [MS-LCID]) and sets no variable: LANG is set in its place.

    ``locale.getlocale`` is of no use there: it says ``Chinese (Simplified)_China``."""
    if not any(environ.get(name) for name in ("LANGUAGE", "LC_ALL", "LC_MESSAGES", "LANG")):
        environ["LANG"] = locale.windows_locale.get(windows(), "")


def _add_sm3() -> None:
    from gateway.kit.pure.sm3 import Sm3

    real = hashlib.new

    def new(name: str, data: bytes = b"", **more: Any) -> Any:
        return Sm3(data) if name == "sm3" else real(name, data, **more)

    hashlib.new = new  # type: ignore[assignment]  # OpenSSL's own can't be added to


def _receive(options: argparse.Namespace) -> int:
    from gateway.kit.receiving import receive
    from gateway.receiving.reception import PackageRefusedError
    from gateway.receiving.rule import MEANINGS

    titles = {name: (meaning.zh, meaning.en) for name, meaning in MEANINGS.items()}
    try:
        reception = receive(
            options.files,
            passphrase=_passphrase(options.passphrase_file),
            allowed_signers=read_text(options.allowed_signers),
            recipient=options.recipient,
            key=options.key.read_bytes(),
            register=options.register,
            receipts=options.receipts,
            unpack=options.unpack,
            now=datetime.now().astimezone(),
        )
    except PackageRefusedError as error:
        _tell(error.reception.as_json(), options.json, titles)
        if not options.json:
            raise
        return int(error.exit)
    _tell(reception.as_json(), options.json, titles)
    return 0


def _verify(options: argparse.Namespace) -> int:
    from gateway.verifier import TITLES, verify_package

    wanted = options.passphrase_file
    report = verify_package(
        options.package,
        allowed_signers=read_text(options.allowed_signers),
        at=datetime.now().astimezone(),
        passphrase=_passphrase(wanted) if wanted else None,
        recipient=options.recipient,
    )
    _tell(report.as_json(), options.json, TITLES)
    return 0 if report.valid else int(Exit.INTEGRITY)


def _ledger(options: argparse.Namespace) -> int:
    from gateway.verifier import TITLES, verify_ledger

    signers = read_text(options.allowed_signers) if options.allowed_signers else None
    heads = [_head(text) for text in options.against]
    report = verify_ledger(options.ledger, *heads, allowed_signers=signers)
    _tell(report.as_json(), options.json, TITLES)
    return 0 if report.valid else int(Exit.INTEGRITY)


def _register(options: argparse.Namespace) -> int:
    from gateway.base.files import write_atomic
    from gateway.receiving.export import register_csv

    write_atomic(options.out, register_csv(options.register))
    sys.stdout.write(f"{options.out}\n")
    return 0


def _head(text: str) -> Path | dict[str, Any]:
    """A file, or ``LENGTH:HASH`` off a slip."""
    length, colon, head = text.partition(":")
    if not Path(text).is_file() and colon and length.isdecimal():
        return {"length": int(length), "head": "".join(head.split()).lower()}
    return Path(text)


def _passphrase(path: Path | None) -> str:
    """From a file, from stdin (``-``) or asked for; never an argument."""
    if path is None:
        try:
            return getpass.getpass(say("口令：", "passphrase: "))
        except EOFError as error:
            raise InputError("没有输入口令", "no passphrase was typed") from error
    text = decoded(sys.stdin.buffer.read(), "stdin") if str(path) == "-" else read_text(path)
    if text.startswith("-----BEGIN AGE"):
        raise InputError(
            "口令文件是用 age 加密的，请先用回执私钥打开",
            "the passphrase's file is wrapped with age: open it first with the key that signs receipts",
            next=f"age -d -i KEY {path}",
        )
    return text.strip()


_SHOWN = {
    "release": ("批次", "release"),
    "disposition": ("结果", "result"),
    "register_number": ("登记号", "register number"),
    "receipt": ("回执", "receipt"),
    "unpacked": ("已解出", "unpacked"),
    "scope": ("范围", "scope"),
    "first_bad": ("第一条有误的记录", "first bad entry"),
}
_SCOPES = {
    "outside": ("外部（未给口令）", "the outside: no passphrase was given"),
    "all": ("全部", "all"),
    "ledger": ("账本", "the ledger"),
}


def _tell(document: dict[str, Any], as_json: bool, titles: Mapping[str, tuple[str, str]]) -> None:
    """One JSON document, always in UTF-8; or lines for a person, of characters that GBK has too."""
    if as_json:
        if hasattr(sys.stdout, "reconfigure"):
            sys.stdout.reconfigure(encoding="utf-8")
        sys.stdout.write(json.dumps(document, ensure_ascii=False, indent=2) + "\n")
        return
    sys.stdout.write((say("通过", "valid") if document["valid"] else say("未通过", "not valid")) + "\n")
    for check in document["checks"]:
        mark, reason = say("√", "ok  ") if check["passed"] else say("×", "FAIL"), check["reason"]
        text = f"{say(*titles[check['name']])} [{check['name']}]" + (
            say(f"：{reason}", f": {reason}") if reason else ""
        )
        sys.stdout.write(f"  {mark} {text}\n")
    for name, label in _SHOWN.items():
        if document.get(name) is not None:
            sys.stdout.write(f"  {say(*label)}{say('：', ': ')}{_in_words(name, document[name])}\n")


def _in_words(name: str, value: Any) -> str:
    if name == "disposition":
        from gateway.receiving.dispositions import SAID, Disposition

        return f"{say(*SAID[Disposition(value)])} [{value}]"
    return say(*_SCOPES[value]) if name == "scope" else str(value)


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="gateway-receive",
        description=say(
            "接收方工具：接收、核验、账本核验、登记簿", "The receiver's tools: receive, verify, ledger, register"
        ),
    )
    commands = parser.add_subparsers(required=True, metavar="COMMAND")
    signers: dict[str, Any] = {"type": Path, "help": say("允许的签名人名单", "the allowed_signers file")}
    secret: dict[str, Any] = {
        "type": Path,
        "help": say("口令文件，- 为标准输入；省略则提示输入", "- for stdin; prompts when left out"),
    }

    one = _command(commands, "receive", _receive, say("验签、解密、核对、登记、签回执", "receive a package"))
    one.add_argument(
        "files", nargs="+", type=Path, help=say("数据包的文件或所在目录", "the package's files, or folder")
    )
    one.add_argument("--recipient", required=True, help=say("本人的数据管理员编号", "your id as a data manager"))
    one.add_argument("--key", required=True, type=Path, help=say("签署回执的私钥", "the private key for receipts"))
    one.add_argument("--allowed-signers", required=True, **signers)
    one.add_argument("--passphrase-file", **secret)
    one.add_argument("--register", type=Path, default=Path("register.db"), help=say("接收登记簿", "the register"))
    one.add_argument("--receipts", type=Path, default=Path("receipts"), help=say("回执目录", "where receipts go"))
    one.add_argument("--unpack", type=Path, help=say("解出文件的目录", "where to unpack"))

    one = _command(commands, "verify", _verify, say("只核验，不登记", "check a package, register nothing"))
    one.add_argument("package", type=Path, help=say("数据包的文件或所在目录", "one of its files, or its folder"))
    one.add_argument("--allowed-signers", required=True, **signers)
    one.add_argument("--passphrase-file", **secret)
    one.add_argument("--recipient", help=say("应为谁的", "whom it should be for"))

    one = _command(commands, "ledger", _ledger, say("核验账本文件", "check a ledger's file"))
    one.add_argument("ledger", type=Path, help=say("账本（SQLite 文件）", "the ledger, a SQLite file"))
    one.add_argument(
        "--against", action="append", default=[], help=say("账本头：文件或 条数:哈希", "a file or LENGTH:HASH")
    )
    one.add_argument("--allowed-signers", **signers)

    one = _command(commands, "register", _register, say("把登记簿导出为 CSV", "the register as CSV"))
    one.add_argument("register", type=Path, help=say("接收登记簿", "the register"))
    one.add_argument("--out", type=Path, default=Path("register.csv"), help=say("写到哪里", "where to"))
    return parser


def _command(commands: Any, name: str, run: Any, about: str) -> argparse.ArgumentParser:
    one: argparse.ArgumentParser = commands.add_parser(name, help=about, description=about)
    one.add_argument("--json", action="store_true", help=say("只输出一个 JSON 文档", "print one JSON document"))
    one.set_defaults(run=run)
    return one
