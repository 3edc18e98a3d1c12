"""Reports for an auditor and for a person concerned."""

from collections.abc import Callable
from pathlib import Path
from typing import Annotated

import typer

from gateway.base.errors import TermsError
from gateway.base.files import PRIVATE, write_atomic
from gateway.base.language import say
from gateway.cli import options
from gateway.cli.custody import common
from gateway.cli.output import emit, tell


def report(
    agreement: common.AgreementName,
    person: common.As,
    subject: Annotated[
        str | None, typer.Option(help=say("只答复此代号的本人", "for the person concerned, by pseudonym"))
    ] = None,
    out: Annotated[Path, typer.Option(help=say("输出目录", "where to write it"))] = Path("custody-report"),
    root: options.Root = options.HERE,
    as_json: options.Json = False,
) -> None:
    """Writes a report."""
    from gateway.custody import as_csv, as_page, as_workbook, for_auditor, for_subject

    with common.stay(root, person) as stay:
        found = for_subject(stay, agreement, subject) if subject else for_auditor(stay, agreement)
    files = {"page": ("report.html", as_page(found)), "workbook": ("report.xlsx", as_workbook(found))}
    tables = {sheet.name: (f"{sheet.name}.csv", as_csv(sheet)) for sheet in found.sheets}
    for name, content in (*files.values(), *tables.values()):
        write_atomic(out / name, content, mode=PRIVATE)
    listed = [str(out / name) for name, _ in tables.values()]
    facts = {key: str(out / name) for key, (name, _) in files.items()}
    common.done(found.title.zh, as_json, number=found.number, **facts, csv=listed)


def own(
    person: common.As,
    destroy: Annotated[
        bool, typer.Option("--destroy", help=say("销毁已到期的文件", "destroy what has reached its last day"))
    ] = False,
    root: options.Root = options.HERE,
    as_json: options.Json = False,
) -> None:
    """Lists or destroys the gateway's own files."""
    from gateway.release.site.office import load_office
    from gateway.release.upkeep.ownfiles import expire, own_files, stale_copy

    now = options.now()
    office = load_office(root, now)
    if person not in office.terms.operators:
        raise TermsError(f"{person} 不是本协议的操作员", f"{person} is no operator of this agreement")
    gone = expire(office, person, now) if destroy else []
    found = own_files(office, now)
    if as_json:
        rows = [
            {
                "release": row.release,
                "what": row.what,
                "basis": row.basis,
                "clause": row.clause,
                "files": row.files,
                "bytes": row.size,
                "due": row.due.isoformat() if row.due else None,
                "gone": row.gone,
            }
            for row in found
        ]
        old = stale_copy(office)
        emit({"own": rows, "destroyed": len(gone), "stale_keys": old[0] if old else None})
        return
    lines = []
    for row in found:
        until = f"{row.due:%Y-%m-%d}" if row.due else say("未开始计算", "not running yet")
        state = say(f"已销毁 {row.gone[:10]}", f"gone {row.gone[:10]}") if row.gone else until
        lines.append((row.release, f"{row.what:<13} {row.files:>3} · {row.size:>9} B · {state} · {row.basis}"))
    if old := stale_copy(office):
        until, number = old
        lines.append(
            (
                say("密钥副本", "copy of keys"),
                say(
                    f"{until[:10]} 的副本早于 {number} 项销毁，须重写：gateway backup 新文件 --keys 原副本",
                    f"that of {until[:10]} is older than {number} destructions: gateway backup NEW --keys THE_COPY",
                ),
            )
        )
    tell(lines or [(say("没有", "nothing"), "")])


COMMANDS: dict[str, Callable[..., None]] = {"report": report, "own": own}
own.__doc__ = say(
    "列出各批次自身文件的保存期限，或销毁到期者。例：gateway custody own --destroy --as operator_a",
    "The gateway's own files with their terms; destroy what is over. Example: gateway custody own --destroy …",
)
report.__doc__ = say(
    "出具报告（网页、CSV、XLSX）。例：gateway custody report hardship-000 --subject case-0001 --as reviewer_a",
    "Write a report (page, CSV, XLSX). Example: gateway custody report hardship-000 --subject case-0001 …",
)
