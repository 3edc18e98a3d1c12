"""``gateway keys``: whose key may sign what, from when until when."""

from collections.abc import Callable
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Literal

import typer

from gateway.base.errors import InputError
from gateway.base.language import say
from gateway.cli import options
from gateway.cli.output import emit, tell
from gateway.model.period import ZONE

if TYPE_CHECKING:
    from gateway.release.site.keybook import Key

app = typer.Typer(
    help=say("密钥：登记、更换、作废与记录。", "Keys: taken in, replaced, ended, on record."), no_args_is_help=True
)

Principal = Annotated[str, typer.Argument(help=say("人员编号，或报送方标识", "a person's id, or the sender's"))]
Since = Annotated[
    datetime | None, typer.Option("--from", help=say("自何时起有效（北京时间）", "valid from when on (Asia/Shanghai)"))
]


def list_(root: options.Root = options.HERE, as_json: options.Json = False) -> None:
    """Lists the keys."""
    from gateway.release.site.keybook import check_file

    deployment = options.deployment(root)
    check_file(deployment.file_of_signers(), deployment.known_keys)
    _show(deployment.known_keys, as_json)


def add(
    principal: Principal,
    public: Annotated[Path, typer.Argument(help=say("公钥文件（.pub）", "the public key's file (.pub)"))],
    purpose: Annotated[
        Literal["receipt", "approval"],
        typer.Option("--for", help=say("用途：签回执，或批准", "what it signs: receipts, or approvals")),
    ],
    since: Since = None,
    until: Annotated[
        datetime | None, typer.Option(help=say("到何时为止（北京时间）", "valid until when (Asia/Shanghai)"))
    ] = None,
    root: options.Root = options.HERE,
    as_json: options.Json = False,
) -> None:
    """Takes in a key."""
    from gateway.release.upkeep import keys

    deployment = options.deployment(root)
    moments = {"since": _aware(since), "until": _aware(until)}
    _show([keys.add(deployment, principal, _text(public), purpose, options.now(), **moments)], as_json)


def accept(root: options.Root = options.HERE, as_json: options.Json = False) -> None:
    """Takes in what stands in the file."""
    from gateway.release.upkeep import keys

    _show(keys.accept(options.deployment(root), options.now()), as_json)


def rotate(
    principal: Principal,
    public: Annotated[
        Path | None,
        typer.Argument(
            help=say("新公钥文件；网关自己的密钥无须提供", "the new public key's file; none for the gateway's")
        ),
    ] = None,
    since: Since = None,
    root: options.Root = options.HERE,
    as_json: options.Json = False,
) -> None:
    """Replaces a key."""
    from gateway.release.upkeep import keys

    deployment, text = options.deployment(root), _text(public) if public else None
    _show([keys.rotate(deployment, principal, text, options.now(), since=_aware(since))], as_json)


def revoke(
    principal: Principal, reason: options.Reason, root: options.Root = options.HERE, as_json: options.Json = False
) -> None:
    """Ends a key."""
    from gateway.release.upkeep import keys

    _show([keys.revoke(options.deployment(root), principal, reason, options.now())], as_json)


def restore(root: options.Root = options.HERE, as_json: options.Json = False) -> None:
    """Draws the file again."""
    from gateway.release.upkeep import keys

    deployment = options.deployment(root)
    keys.restore(deployment)
    _show(deployment.known_keys, as_json)


def log(root: options.Root = options.HERE, as_json: options.Json = False) -> None:
    """Shows the record."""
    from gateway.release.site.keybook import RECORDS

    found = [entry for entry in options.deployment(root).ledger.entries() if entry.kind in RECORDS]
    if as_json:
        emit([{"seq": e.seq, "at": e.at, "kind": e.kind, "actor": e.actor, **e.body} for e in found])
        return
    rows = []
    for entry in found:
        what = f"{entry.kind:<13} {entry.body['principal']} {entry.body['fingerprint']}"
        rows.append((f"{entry.seq:>4} {entry.at[:19]}", f"{what} {entry.body.get('reason') or ''} · {entry.actor}"))
    tell(rows, title=say("密钥记录", "the record of keys"))


def _show(keys: "tuple[Key, ...] | list[Key]", as_json: bool) -> None:
    from gateway.release.site.keybook import WORDING

    now = options.now()
    if as_json:
        emit(
            [
                {
                    "principal": key.principal,
                    "fingerprint": key.fingerprint,
                    "namespaces": list(key.namespaces),
                    "from": key.since.isoformat() if key.since else None,
                    "until": key.until.isoformat() if key.until else None,
                    "standing": key.standing(now).value,
                }
                for key in keys
            ]
        )
        return
    rows = []
    for key in keys:
        term = f"{key.since:%Y-%m-%d %H:%M} " if key.since else ""
        term += f"→ {key.until:%Y-%m-%d %H:%M} " if key.until else ""
        standing = say(*WORDING[key.standing(now)])
        rows.append((key.principal, f"{key.fingerprint}  {'、'.join(key.namespaces)}  {term}{standing}"))
    tell(rows, title=say("密钥", "keys"))


def _text(path: Path) -> str:
    try:
        return path.read_text(encoding="utf-8")
    except (OSError, ValueError) as error:
        raise InputError(f"{path.name}：公钥文件无法读取", f"{path.name}: the public key can't be read") from error


def _aware(moment: datetime | None) -> datetime | None:
    return moment.replace(tzinfo=ZONE) if moment else None


_DOCS: dict[str, tuple[Callable[..., None], str, str]] = {
    "list": (
        list_,
        "列出密钥及其状态。例：gateway keys list",
        "List keys and how they stand. Example: gateway keys list",
    ),
    "add": (
        add,
        "登记一把公钥。例：gateway keys add manager_a manager_a.pub --for receipt",
        "Take in a public key. Example: gateway keys add manager_a manager_a.pub --for receipt",
    ),
    "accept": (
        accept,
        "登记手工写入名单的新人员。例：gateway keys accept",
        "Take in new people written into allowed_signers by hand. Example: gateway keys accept",
    ),
    "rotate": (
        rotate,
        "更换密钥。例：gateway keys rotate manager_a new.pub；gateway keys rotate lhyg_gateway",
        "Replace a key. Example: gateway keys rotate manager_a new.pub; gateway keys rotate lhyg_gateway",
    ),
    "revoke": (
        revoke,
        "立即作废密钥。例：gateway keys revoke manager_a --reason 私钥遗失",
        "End a key at once. Example: gateway keys revoke manager_a --reason lost",
    ),
    "restore": (
        restore,
        "按账本重写签名人名单。例：gateway keys restore",
        "Draw allowed_signers again from the ledger. Example: gateway keys restore",
    ),
    "log": (log, "密钥的登记、更换与作废记录。例：gateway keys log", "The record of keys. Example: gateway keys log"),
}
for _name, (_command, _zh, _en) in _DOCS.items():
    _command.__doc__ = say(_zh, _en)
    app.command(_name)(_command)
