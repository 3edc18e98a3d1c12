"""``gateway ledger``: the record's chain."""

import json
import re
from collections.abc import Mapping
from pathlib import Path
from typing import Annotated, Any

import typer

from gateway.base.errors import Exit, InputError
from gateway.base.language import say
from gateway.cli import options
from gateway.cli.output import checked, emit, tell
from gateway.model.documents import LedgerHead

app = typer.Typer(help=say("账本：核验与查看。", "The ledger: verify and read it."), no_args_is_help=True)

_TYPED = re.compile(r"([0-9]{1,9})[:：]([0-9a-f\s]+)")


def verify(
    against: Annotated[
        list[str] | None,
        typer.Option(
            help=say(
                "曾经收到的账本头，可多次：交付清单、检查点或回执文件，或移交单上的“条数:哈希”",
                "a head that was given out, repeatable: a manifest, checkpoint or receipt, or LENGTH:HASH off a slip",
            )
        ),
    ] = None,
    root: options.Root = options.HERE,
    as_json: options.Json = False,
) -> None:
    """Checks the chain with the independent verifier."""
    from gateway.base.toml import load_toml
    from gateway.release.site.checkpoints import given_out
    from gateway.release.site.deployment import LEDGER_ANCHOR
    from gateway.release.site.settings import Settings
    from gateway.verifier import TITLES, verify_ledger

    settings = load_toml(root / "gateway.toml", Settings)
    var, signers = root / settings.store.var, root / settings.allowed_signers
    anchor = root / settings.store.keyring / LEDGER_ANCHOR
    heads = [*given_out(var), *([anchor] if anchor.is_file() else []), *map(_head, against or [])]
    trusted = signers.read_text(encoding="utf-8") if signers.is_file() else None
    report = verify_ledger(var / "ledger.db", *heads, allowed_signers=trusted)
    if as_json:
        emit(report.as_json() | {"heads": len(heads)})
    else:
        rows = checked(report.checks, TITLES)
        rows.append((say("比对的账本头", "heads compared"), str(len(heads))))
        tell(rows, title=say("成立", "valid") if report.valid else say("不成立", "not valid"))
    if not report.valid:
        raise typer.Exit(int(Exit.INTEGRITY))


def checkpoint(
    out: Annotated[
        Path | None, typer.Option(help=say("写到哪个目录；省略为 var/checkpoints", "where to; default var/checkpoints"))
    ] = None,
    root: options.Root = options.HERE,
    as_json: options.Json = False,
) -> None:
    """Signs the ledger's head."""
    from gateway.release.site.checkpoints import make_checkpoint

    path = make_checkpoint(options.deployment(root), options.now(), out)
    document = json.loads(path.read_bytes())
    if as_json:
        emit({"checkpoint": str(path), "signature": f"{path}.sig", "ledger": document["ledger"]})
        return
    rows = [
        (say("条数", "entries"), str(document["ledger"]["length"])),
        (say("哈希", "head"), document["ledger"]["head"]),
        (say("签名", "signature"), f"{path}.sig"),
    ]
    tell(rows, title=str(path))


def show(root: options.Root = options.HERE, as_json: options.Json = False) -> None:
    """Lists the entries."""
    entries = options.deployment(root).ledger.entries()
    if as_json:
        emit([{"seq": e.seq, "at": e.at, "kind": e.kind, "release": e.release, "actor": e.actor} for e in entries])
        return
    tell([(f"{e.seq:>4} {e.at[:19]}", f"{e.kind:<16} {e.release or ''} · {e.actor}") for e in entries])


def typed_head(text: str) -> LedgerHead:
    """A head as it stands on a slip, ``42:9f86d081 884c7d65 …``. Raises InputError."""
    typed = _TYPED.fullmatch(text.strip().lower())
    if typed is None:
        raise InputError(
            f"{text}：不是“条数:哈希”，也没有这个文件", f"{text}: neither LENGTH:HASH nor a file that is there"
        )
    return LedgerHead(length=int(typed[1]), head=re.sub(r"\s", "", typed[2]))


def _head(text: str) -> Mapping[str, Any] | Path:
    return Path(text) if Path(text).is_file() else typed_head(text).model_dump()


verify.__doc__ = say(
    "核验账本的链，并与发出过的账本头比对。例：gateway ledger verify --against X.manifest.json",
    "Check the chain, and against heads that were given out. Example: gateway ledger verify --against 42:9f86…",
)
checkpoint.__doc__ = say(
    "签署当前账本头，交他处保存。例：gateway ledger checkpoint --out /mnt/usb",
    "Sign the ledger's head, to be kept elsewhere. Example: gateway ledger checkpoint --out /mnt/usb",
)
show.__doc__ = say("列出账本记录。例：gateway ledger show", "List the entries. Example: gateway ledger show")

for _command in (verify, checkpoint, show):
    app.command(_command.__name__)(_command)
