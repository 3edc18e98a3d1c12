"""``gateway ledger``: the record's chain."""

import json
from pathlib import Path
from typing import Annotated

import typer

from gateway.base.errors import Exit, InputError
from gateway.base.language import say
from gateway.cli import options
from gateway.cli.output import emit, tell

app = typer.Typer(help=say("账本：核验与查看。", "The ledger: verify and read it."), no_args_is_help=True)


@app.command(help=say("核验账本的链。例：gateway ledger verify", "Check the chain. Example: gateway ledger verify"))
def verify(
    against: Annotated[
        Path | None,
        typer.Option(help=say("含 length、head 的 JSON，或交付清单", "a JSON with length and head, or a manifest")),
    ] = None,
    root: options.Root = options.HERE,
    as_json: options.Json = False,
) -> None:
    """Checks the chain with the independent verifier."""
    from gateway.base.toml import load_toml
    from gateway.release.settings import Settings
    from gateway.verifier import verify_ledger

    settings = load_toml(root / "gateway.toml", Settings)
    report = verify_ledger(root / settings.store.var / "ledger.db", _head(against))
    if as_json:
        emit(report.as_json())
    else:
        rows = [("✓" if check.passed else "✗", f"{check.name} {say(check.zh, check.en)}") for check in report.checks]
        tell(rows, title=say("成立", "valid") if report.valid else say("不成立", "not valid"))
    if not report.valid:
        raise typer.Exit(int(Exit.INTEGRITY))


@app.command(help=say("列出账本记录。例：gateway ledger show", "List the entries. Example: gateway ledger show"))
def show(root: options.Root = options.HERE, as_json: options.Json = False) -> None:
    """Lists the entries."""
    entries = options.deployment(root).ledger.entries()
    if as_json:
        emit([{"seq": e.seq, "at": e.at, "kind": e.kind, "release": e.release, "actor": e.actor} for e in entries])
        return
    tell([(f"{e.seq:>4} {e.at[:19]}", f"{e.kind:<16} {e.release or ''} · {e.actor}") for e in entries])


def _head(path: Path | None) -> dict[str, object] | None:
    if path is None:
        return None
    try:
        document = json.loads(path.read_bytes())
    except (OSError, ValueError) as error:
        raise InputError("账本头文件无法读取", "the head's file can't be read") from error
    return dict(document.get("ledger", document))
