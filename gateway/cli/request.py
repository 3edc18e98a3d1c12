"""``gateway request``: ad-hoc requests of the bureau, from the letter to the answer."""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from gateway.base.language import say
from gateway.cli import options
from gateway.cli.output import emit, progress_bar, tell
from gateway.cli.run import lines

if TYPE_CHECKING:
    from gateway.agreement.request import Verdict
    from gateway.release.site.deployment import Deployment
    from gateway.release.terms.requests import Request

app = typer.Typer(help=say("临时调取：登记、核对、婉拒、同意、编制。", "Ad-hoc requests."), no_args_is_help=True)

HELP = {
    "register": say(
        "登记来函。例：gateway request register 需求.toml --letter 来函.pdf",
        "Register a letter. Example: gateway request register request.toml --letter letter.pdf",
    ),
    "list": say("列出全部需求及其状态。例：gateway request list", "List all requests. Example: gateway request list"),
    "show": say(
        "某件需求、是否在协议范围内。例：gateway request show 202610_A01",
        "A request, and whether the agreement covers it. Example: gateway request show 202610_A01",
    ),
    "refuse": say(
        "婉拒，并写出复函草稿。例：gateway request refuse 202610_A01 --out 复函.txt",
        "Refuse, with a drafted reply. Example: gateway request refuse 202610_A01 --out reply.txt",
    ),
    "grant": say(
        "同意，并给出表的声明。例：gateway request grant 202610_A01 --table 表.toml",
        "Grant it as a declared table. Example: gateway request grant 202610_A01 --table table.toml",
    ),
    "withdraw": say(
        "登记对方撤回。例：gateway request withdraw 202610_A01",
        "The bureau takes it back. Example: gateway request withdraw 202610_A01",
    ),
    "run": say(
        "编制、检验并提交答复批次。例：gateway request run 202610_A01",
        "Build, check and submit the answer. Example: gateway request run 202610_A01",
    ),
}

Id = Annotated[str, typer.Argument(help=say("需求编号，如 202610_A01", "the request, e.g. 202610_A01"))]
Out = Annotated[Path | None, typer.Option("--out", help=say("把草稿写到此文件", "write the draft to this file"))]


@app.command("register", help=HELP["register"])
def register(
    file: Annotated[Path, typer.Argument(help=say("需求文件（TOML）", "the request's file (TOML)"))],
    letter: Annotated[Path, typer.Option("--letter", help=say("来函扫描件", "the letter's scan"))],
    root: options.Root = options.HERE,
    as_json: options.Json = False,
) -> None:
    """Registers a request."""
    from gateway.base.errors import InputError
    from gateway.release.terms.requests import register

    if not letter.is_file():
        raise InputError("没有这个来函文件", "no such letter")
    one, verdict = register(options.deployment(root), file, letter.read_bytes(), options.now())
    _tell(one, verdict, as_json)


@app.command("list", help=HELP["list"])
def list_(root: options.Root = options.HERE, as_json: options.Json = False) -> None:
    """Lists requests."""
    from gateway.release.terms.requests import WORDING, fold

    found = fold(options.office(root).ledger.entries())
    if as_json:
        emit([_document(one, None) for one in found.values()])
        return
    needed = say("需于", "needed by")
    rows = [
        (one.id, f"{say(*WORDING[one.state])} · {needed} {one.needed_by} · {one.reference}") for one in found.values()
    ]
    tell(rows, title=say(f"{len(rows)} 件需求", f"{len(rows)} requests"))


@app.command("show", help=HELP["show"])
def show(id: Id, root: options.Root = options.HERE, as_json: options.Json = False) -> None:
    """Shows a request."""
    deployment = options.deployment(root)
    _tell(*_judged(deployment, id), as_json)


@app.command("refuse", help=HELP["refuse"])
def refuse(id: Id, out: Out = None, root: options.Root = options.HERE, as_json: options.Json = False) -> None:
    """Refuses a request."""
    from gateway.base.files import PRIVATE, write_atomic
    from gateway.release.terms.requests import find, refuse_request

    deployment = options.deployment(root)
    reply = refuse_request(deployment, id, options.now())
    if out is not None:
        write_atomic(out, reply.encode(), mode=PRIVATE)
    if as_json:
        emit(_document(find(deployment, id), None) | {"reply": str(out) if out else None})
        return
    tell([(say("草稿", "draft"), str(out))] if out else [], title=id)
    if out is None:
        typer.echo(reply)


@app.command("grant", help=HELP["grant"])
def grant(
    id: Id,
    table: Annotated[Path, typer.Option("--table", help=say("表的声明（TOML）", "the table's declaration (TOML)"))],
    consent: Annotated[
        bool, typer.Option("--consent", help=say("提前期不足，平台自愿满足", "short notice is met all the same"))
    ] = False,
    root: options.Root = options.HERE,
    as_json: options.Json = False,
) -> None:
    """Grants a request."""
    from gateway.release.terms.requests import grant

    deployment = options.deployment(root)
    grant(deployment, id, table, options.now(), consent=consent)
    _tell(*_judged(deployment, id), as_json)


@app.command("withdraw", help=HELP["withdraw"])
def withdraw(id: Id, root: options.Root = options.HERE, as_json: options.Json = False) -> None:
    """Withdraws a request."""
    from gateway.release.terms.requests import withdraw

    deployment = options.deployment(root)
    withdraw(deployment, id, options.now())
    _tell(*_judged(deployment, id), as_json)


@app.command("run", help=HELP["run"])
def run(id: Id, root: options.Root = options.HERE, as_json: options.Json = False) -> None:
    """Builds the answer."""
    from gateway.release.build.corridor import answer
    from gateway.release.upkeep.status import status

    deployment = options.deployment(root)
    with progress_bar() as progress:
        view = answer(deployment, id, options.now, progress)
    document = status(deployment, view.release)
    if as_json:
        emit(document)
    else:
        tell(lines(document), title=view.release)


def _judged(deployment: "Deployment", id: str) -> "tuple[Request, Verdict]":
    from gateway.release.terms.requests import asked_of, find, judge_request

    return find(deployment, id), judge_request(deployment, asked_of(deployment, id))


def _document(one: "Request", verdict: "Verdict | None") -> dict[str, Any]:
    against = None if verdict is None else [{"clause": r.clause, "reason": say(r.zh, r.en)} for r in verdict.against]
    earliest = verdict.earliest.isoformat() if verdict and verdict.earliest else None
    return {
        "request": one.id,
        "state": one.state.value,
        "reference": one.reference,
        "received": one.received,
        "needed_by": one.needed_by,
        "short": one.short,
        "consent": one.consent,
        "against": against,
        "earliest": earliest,
        "refused_under": list(one.clauses),
        "release": one.release,
    }


def _tell(one: "Request", verdict: "Verdict", as_json: bool) -> None:
    from gateway.release.terms.requests import WORDING

    if as_json:
        emit(_document(one, verdict))
        return
    rows = [
        (say("状态", "state"), say(*WORDING[one.state])),
        (say("函号", "reference"), one.reference),
        (say("收到", "received"), one.received[:16].replace("T", " ")),
        (say("需于", "needed by"), one.needed_by),
    ]
    rows += [(say("超出协议", "beyond the agreement"), f"{r.clause} {say(r.zh, r.en)}") for r in verdict.against]
    if verdict.within:
        rows.append((say("范围", "scope"), say("在协议范围内", "within the agreement")))
    if one.short:
        first = str(verdict.earliest or say("未定", "not known"))
        consented = say("，平台自愿满足", ", met all the same") if one.consent else ""
        rows.append((say("提前期不足", "short notice"), say(f"最早 {first}", f"first day {first}") + consented))
    if one.release:
        rows.append((say("批次", "release"), one.release))
    tell(rows, title=one.id)
