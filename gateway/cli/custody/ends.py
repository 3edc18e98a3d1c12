"""The end: what ends the keeping, permission, destruction, return, certificate."""

from collections.abc import Callable
from pathlib import Path
from typing import Annotated, Literal

import typer

from gateway.base.files import PRIVATE, write_atomic
from gateway.base.language import say
from gateway.cli import options
from gateway.cli.custody import common


def end(
    holding: common.HoldingName,
    event: Annotated[str, typer.Argument(help=say("事由，如 completed", "the event, e.g. completed"))],
    person: common.As,
    at: common.At = None,
    root: options.Root = options.HERE,
    as_json: options.Json = False,
) -> None:
    """Records what ends the keeping."""
    from gateway.custody import end as end_

    with common.stay(root, person) as stay:
        found = end_(stay, holding, event, common.moment(stay, at))
        due = [c.due.isoformat() for c in stay.clocks(found.agreement, holding) if c.due]
    common.show(found, as_json, due=min(due) if due else None)


def form(
    kind: Annotated[
        Literal["destroy", "copy", "receipt"],
        typer.Argument(help=say("许可销毁、许可复制、签收", "permission to destroy, to copy; receipt")),
    ],
    holding: common.HoldingName,
    person: common.As,
    out: Annotated[Path, typer.Option(help=say("文件", "the file"))] = Path("paper.json"),
    root: options.Root = options.HERE,
    as_json: options.Json = False,
) -> None:
    """Writes the document that the owner signs."""
    from gateway.custody import PERMISSION, RECEIPT
    from gateway.custody import form as form_

    with common.stay(root, person) as stay:
        found, terms = stay.holding(holding)
    namespace = RECEIPT if kind == "receipt" else PERMISSION
    package = found.package or ""
    write_atomic(out, form_(namespace, agreement=terms.id, holdings=[holding], purpose=kind, package=package))
    sign = f"ssh-keygen -Y sign -n {namespace} -f KEY {out}"
    common.done(holding, as_json, paper=str(out), signer=terms.owner, sign=sign)


def permit(
    holding: common.HoldingName,
    document: common.Document,
    signature: common.Signature,
    person: common.As,
    root: options.Root = options.HERE,
    as_json: options.Json = False,
) -> None:
    """Records the owner's permission."""
    from gateway.custody import permit as permit_

    with common.stay(root, person) as stay:
        what = permit_(stay, holding, common.data(document), common.text(signature))
        found = stay.views.holdings[holding]
    common.show(found, as_json, permitted=what)


def destroy(
    holding: common.HoldingName,
    person: common.As,
    paper: common.PaperCopies = 0,
    anonymised: Annotated[
        Path | None, typer.Option(help=say("匿名化后留存的文件", "what stays, made anonymous"))
    ] = None,
    root: options.Root = options.HERE,
    as_json: options.Json = False,
) -> None:
    """Destroys a holding."""
    from gateway.custody import destroy as destroy_
    from gateway.release.upkeep.custody import check_anonymous

    kept = common.data(anonymised) if anonymised else None
    if anonymised:
        check_anonymous(anonymised)
    with common.stay(root, person) as stay:
        found = destroy_(stay, holding, paper=paper, anonymised=kept)
    common.show(found, as_json, next=f"gateway custody certificate {holding} --as {person}")


def return_(
    holding: common.HoldingName,
    person: common.As,
    out: Annotated[Path, typer.Option(help=say("交回包", "the package"))] = Path("return.zip"),
    root: options.Root = options.HERE,
    as_json: options.Json = False,
) -> None:
    """Packs a holding for its owner."""
    import secrets

    from gateway.custody import give_back
    from gateway.package import new_passphrase

    passphrase = new_passphrase(secrets.token_bytes)
    with common.stay(root, person) as stay:
        found = give_back(stay, holding, out, passphrase)
    common.show(found, as_json, package=str(out), sha256=found.package, passphrase=passphrase)


def returned(
    holding: common.HoldingName,
    document: common.Document,
    signature: common.Signature,
    person: common.As,
    paper: common.PaperCopies = 0,
    root: options.Root = options.HERE,
    as_json: options.Json = False,
) -> None:
    """Records the owner's receipt and keeps nothing."""
    from gateway.custody import returned as returned_

    with common.stay(root, person) as stay:
        found = returned_(stay, holding, common.data(document), common.text(signature), paper=paper)
    common.show(found, as_json, next=f"gateway custody certificate {holding} --as {person}")


def certificate(
    holding: common.HoldingName,
    person: common.As,
    out: Annotated[Path, typer.Option(help=say("输出目录", "where to write it"))] = Path("certificate"),
    root: options.Root = options.HERE,
    as_json: options.Json = False,
) -> None:
    """Writes a certificate."""
    from gateway.custody import certificate as certificate_
    from gateway.custody import certificate_page

    with common.stay(root, person) as stay:
        found = certificate_(stay, holding)
        page = certificate_page(stay, found)
    files = {
        "certificate": (f"{holding}.json", found.data),
        "signature": (f"{holding}.json.sig", found.signature.encode()),
        "signer": ("allowed_signers", found.signer.encode()),
        "page": (f"{holding}.html", page),
    }
    for name, content in files.values():
        write_atomic(out / name, content, mode=PRIVATE)
    common.done(holding, as_json, **{key: str(out / name) for key, (name, _) in files.items()})


COMMANDS: dict[str, Callable[..., None]] = {
    "end": end,
    "form": form,
    "permit": permit,
    "destroy": destroy,
    "return": return_,
    "returned": returned,
    "certificate": certificate,
}
end.__doc__ = say(
    "登记结束保管的事由，时限随之开始。例：gateway custody end h-… completed --as reviewer_a",
    "Record what ends the keeping; its clock starts. Example: gateway custody end h-… completed --as reviewer_a",
)
form.__doc__ = say(
    "写出由对方签字的许可或签收文件。例：gateway custody form destroy h-… --as engineer_a",
    "Write the permission or receipt that the owner signs. Example: gateway custody form destroy h-… --as engineer_a",
)
permit.__doc__ = say(
    "登记对方签字的许可。例：gateway custody permit h-… paper.json paper.json.sig --as engineer_a",
    "Record the owner's permission. Example: gateway custody permit h-… paper.json paper.json.sig --as engineer_a",
)
destroy.__doc__ = say(
    "销毁材料、工作副本与密钥，并检查已无法读取。例：gateway custody destroy h-… --as reviewer_a",
    "Destroy material, copies and key, and check it. Example: gateway custody destroy h-… --as reviewer_a",
)
return_.__doc__ = say(
    "打包交回对方，口令另行告知。例：gateway custody return h-… --out 交回.zip --as analyst_a",
    "Pack a holding for its owner. Example: gateway custody return h-… --out return.zip --as analyst_a",
)
returned.__doc__ = say(
    "对方签收后删除全部，不留备份。例：gateway custody returned h-… paper.json paper.json.sig --as analyst_a",
    "With the owner's receipt, keep nothing. Example: gateway custody returned h-… paper.json paper.json.sig …",
)
certificate.__doc__ = say(
    "出具删除凭证或书面确认。例：gateway custody certificate h-… --out 凭证 --as reviewer_a",
    "Give the certificate. Example: gateway custody certificate h-… --out certificate --as reviewer_a",
)
