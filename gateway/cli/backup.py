"""``gateway backup`` and ``gateway restore``."""

from pathlib import Path
from typing import Annotated

import typer

from gateway.base.language import say
from gateway.cli import options
from gateway.cli.ledger import typed_head
from gateway.cli.output import emit, tell
from gateway.cli.receive import read_passphrase

PassphraseFile = Annotated[
    Path | None, typer.Option(help=say("口令文件，- 为标准输入；省略则提示输入", "- for stdin; prompts when left out"))
]


def backup_(
    target: Annotated[Path, typer.Argument(help=say("备份文件", "the backup's file"))],
    passphrase_file: PassphraseFile = None,
    keys: Annotated[
        Path | None,
        typer.Option(help=say("密钥副本：覆盖上一份，另处存放", "the copy of keys, over the one before")),
    ] = None,
    root: options.Root = options.HERE,
    as_json: options.Json = False,
) -> None:
    """Makes a backup."""
    from gateway.release.upkeep.backup import make_backup

    passphrase = read_passphrase(passphrase_file)
    head = make_backup(options.deployment(root), target, passphrase, keys=keys, now=options.now())
    if as_json:
        emit({"backup": str(target), "keys": str(keys) if keys else None, "ledger": head.model_dump()})
        return
    rows = [(say("账本", "ledger"), f"{head.length} · {head.head}")]
    missing = say(
        "没有：另存 holding-keys/，或加 --keys；否则恢复后批次文件打不开",
        "none: keep holding-keys/ by itself, or use --keys; else the releases can't be opened after a restore",
    )
    tell([*rows, (say("密钥副本", "copy of keys"), str(keys) if keys else missing)], title=str(target))


def restore_(
    source: Annotated[Path, typer.Argument(help=say("备份文件", "the backup's file"))],
    passphrase_file: PassphraseFile = None,
    against: Annotated[
        list[str] | None,
        typer.Option(help=say("移交单上的“条数:哈希”，可多次", "LENGTH:HASH off a transfer slip, repeatable")),
    ] = None,
    keys: Annotated[Path | None, typer.Option(help=say("密钥副本", "the copy of keys"))] = None,
    root: options.Root = options.HERE,
    as_json: options.Json = False,
) -> None:
    """Restores a backup."""
    from gateway.release.upkeep.backup import restore_backup

    known = [typed_head(text) for text in against or []]
    head = restore_backup(source, root, read_passphrase(passphrase_file), now=options.now(), known=known, keys=keys)
    if as_json:
        emit({"deployment": str(root), "ledger": head.model_dump()})
        return
    rows = [
        (say("账本", "ledger"), f"{head.length} · {head.head}"),
        (say("下一步", "next"), "gateway ledger verify --against LENGTH:HASH"),
    ]
    tell(rows, title=str(root))


backup_.__doc__ = say(
    "把账本、密钥、历史与批次备份到一个加密文件。例：gateway backup 2026-11.gwb",
    "Back up ledger, keys, history and releases in one encrypted file. Example: gateway backup 2026-11.gwb",
)
restore_.__doc__ = say(
    "从备份恢复到一个空目录。例：gateway restore 2026-11.gwb -C 新目录 --against 42:9f86…",
    "Restore a backup into an empty folder. Example: gateway restore 2026-11.gwb -C new --against 42:9f86…",
)
