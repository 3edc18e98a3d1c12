"""Reports for an auditor and for a person concerned."""

from collections.abc import Callable
from pathlib import Path
from typing import Annotated

import typer

from gateway.base.files import PRIVATE, write_atomic
from gateway.base.language import say
from gateway.cli import options
from gateway.cli.custody import common


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


COMMANDS: dict[str, Callable[..., None]] = {"report": report}
report.__doc__ = say(
    "出具报告（网页、CSV、XLSX）。例：gateway custody report hardship-000 --subject case-0001 --as reviewer_a",
    "Write a report (page, CSV, XLSX). Example: gateway custody report hardship-000 --subject case-0001 …",
)
