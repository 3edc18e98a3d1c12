"""Taking in, asking to see, seeing, closing, listing."""

import sys
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from gateway.base.errors import InputError
from gateway.base.files import write_atomic
from gateway.base.language import say
from gateway.cli import options
from gateway.cli.custody import common
from gateway.cli.output import emit, tell
from gateway.model.custody import Sensitivity

if TYPE_CHECKING:
    from gateway.custody import Clocked


def add(
    agreement: common.AgreementName,
    files: Annotated[list[Path], typer.Argument(help=say("交来的文件", "the files that were handed in"))],
    person: common.As,
    purpose: Annotated[str, typer.Option(help=say("协议所列用途", "a purpose that the agreement lists"))],
    material: Annotated[str, typer.Option(help=say("协议所列材料类别", "a kind of material that it lists"))],
    subject: Annotated[str, typer.Option(help=say("材料所属对象的代号", "whose it is, by pseudonym"))],
    place: Annotated[str, typer.Option(help=say("存放处", "where it lies"))] = "own_server",
    told: Annotated[str | None, typer.Option(help=say("已告知本人的文本版本", "version of what was told"))] = None,
    classes: Annotated[
        list[str] | None, typer.Option("--class", help=say("敏感类别，省略为该材料全部类别", "class; all by default"))
    ] = None,
    paper: common.PaperCopies = 0,
    root: options.Root = options.HERE,
    as_json: options.Json = False,
) -> None:
    """Takes material in."""
    from gateway.custody import Material
    from gateway.custody import add as add_

    wanted = Material(
        agreement=agreement,
        purpose=purpose,
        material=material,
        subject=subject,
        place=place,
        files=files,
        classes=_classes(classes or []),
        told=told,
        paper=paper,
    )
    with common.stay(root, person) as stay:
        holding = add_(stay, wanted)
    common.show(holding, as_json, next=f"gateway custody clear {holding.id} --as {person}")


def clear(
    holding: common.HoldingName,
    person: common.As,
    root: options.Root = options.HERE,
    as_json: options.Json = False,
) -> None:
    """Removes the plain copies."""
    from gateway.custody import clear as clear_

    with common.stay(root, person) as stay:
        removed = clear_(stay, holding)
        found = stay.views.holdings[holding]
    common.show(found, as_json, removed=removed)


def request(
    holding: common.HoldingName,
    person: common.As,
    purpose: Annotated[str, typer.Option(help=say("查阅用途", "what for"))],
    out: Annotated[Path, typer.Option(help=say("申请文件", "the request's file"))] = Path("request.json"),
    root: options.Root = options.HERE,
    as_json: options.Json = False,
) -> None:
    """Makes a request to sign."""
    from gateway.custody import REQUEST
    from gateway.custody import request as request_

    with common.stay(root, person) as stay:
        document = request_(stay, holding, purpose)
    write_atomic(out, document)
    sign = f"ssh-keygen -Y sign -n {REQUEST} -f KEY {out}"
    common.done(holding, as_json, request=str(out), sign=sign, next=f"gateway custody open {out} {out}.sig")


def open_(
    document: common.Document,
    signature: common.Signature,
    copy: Annotated[
        bool, typer.Option("--copy", help=say("做工作副本，用后 close", "make a working copy; close it afterwards"))
    ] = False,
    number: Annotated[int, typer.Option(min=1, help=say("输出第几个文件", "which file to print"))] = 1,
    root: options.Root = options.HERE,
    as_json: options.Json = False,
) -> None:
    """Shows a holding."""
    from gateway.custody import open_holding, read_request

    data = common.data(document)
    with common.stay(root, read_request(data)["person"]) as stay:
        shown = open_holding(stay, data, common.text(signature), copy=copy or as_json)
    if copy or as_json:
        facts = {"access": shown.access.id, "copies": [str(path) for path in shown.copies]}
        common.done(shown.access.id, as_json, **facts, next=f"gateway custody close {shown.access.id}")
        return
    if number > len(shown.contents):
        raise InputError("没有这个序号的文件", "there is no file of this number")
    sys.stdout.buffer.write(shown.contents[number - 1][1])


def close(
    access: Annotated[str, typer.Argument(help=say("查阅号", "the access's id"))],
    person: common.As,
    root: options.Root = options.HERE,
    as_json: options.Json = False,
) -> None:
    """Takes working copies back."""
    from gateway.custody import close as close_

    with common.stay(root, person) as stay:
        count = close_(stay, access)
    common.done(access, as_json, access=access, removed=count)


def list_(
    person: common.As,
    agreement: Annotated[str | None, typer.Option(help=say("只看一份协议", "one agreement only"))] = None,
    root: options.Root = options.HERE,
    as_json: options.Json = False,
) -> None:
    """Lists what one may see."""
    with common.stay(root, person) as stay:
        served = [name for name, terms in stay.room.terms.items() if any(p.id == person for p in terms.persons)]
        wanted = [agreement] if agreement else served
        for name in wanted or [""]:
            stay.compartment(name)
        found = [holding for holding in stay.views.holdings.values() if holding.agreement in wanted]
        keys = stay.room.vault.keys
        due = {h.id: [c for c in stay.clocks(h.agreement, h.id) if c.due and not c.met] for h in found}
        missing = {holding.id for holding in found if not holding.is_gone and not keys.has(holding.id)}
    if as_json:
        emit([common.as_document(h) | {"key": h.id not in missing, "due": _due(due[h.id])} for h in found])
        return
    rows = []
    for h in found:
        state = say("密钥不在", "key missing") if h.id in missing else say(*h.state.wording)
        rows.append((h.id, f"{state} · {h.agreement} · {h.material} · {h.subject} · {h.by} {_due(due[h.id]) or ''}"))
    tell(rows or [(say("没有", "nothing"), "")])


def _due(clocks: "Sequence[Clocked]") -> str | None:
    moments = sorted(clock.due for clock in clocks if clock.due)
    return moments[0].isoformat() if moments else None


def _classes(names: list[str]) -> tuple[Sensitivity, ...]:
    known = {row.value: row for row in Sensitivity}
    if unknown := [name for name in names if name not in known]:
        raise InputError(
            f"没有这个敏感类别：{'、'.join(unknown)};有 {'、'.join(known)}",
            f"no such class: {', '.join(unknown)}; there are {', '.join(known)}",
        )
    return tuple(known[name] for name in names)


COMMANDS: dict[str, Callable[..., None]] = {
    "add": add,
    "clear": clear,
    "request": request,
    "open": open_,
    "close": close,
    "list": list_,
}
add.__doc__ = say(
    "收入材料：加密保存，每份一把密钥。例：gateway custody add hardship-000 证明.pdf --as reviewer_a …",
    "Take material in, encrypted under a key of its own. Example: gateway custody add hardship-000 proof.pdf …",
)
clear.__doc__ = say(
    "删除交来的明文原件并登记。例：gateway custody clear h-… --as reviewer_a",
    "Remove the plain copies that were handed in. Example: gateway custody clear h-… --as reviewer_a",
)
request.__doc__ = say(
    "生成查阅申请，由本人签名。例：gateway custody request h-… --purpose eligibility --as reviewer_a",
    "A request to see, to be signed by oneself. Example: gateway custody request h-… --purpose eligibility …",
)
open_.__doc__ = say(
    "凭签名的申请查阅，先登记后显示。例：gateway custody open request.json request.json.sig > 证明.pdf",
    "See a holding by a signed request. Example: gateway custody open request.json request.json.sig > proof.pdf",
)
close.__doc__ = say(
    "收回工作副本。例：gateway custody close a-… --as reviewer_a",
    "Take working copies back. Example: gateway custody close a-… --as reviewer_a",
)
list_.__doc__ = say(
    "列出本人任职协议下的材料。例：gateway custody list --as reviewer_a",
    "List what is held under the agreements that one serves. Example: gateway custody list --as reviewer_a",
)
