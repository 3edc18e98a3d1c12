"""``gateway run``: build, check and submit a month."""

from collections.abc import Mapping
from typing import Annotated, Any

import typer

from gateway.base.language import say
from gateway.cli import options
from gateway.cli.output import emit, progress_bar, tell

HELP = say(
    "编制、检验并提交一个月的批次（last 为上个月）；中断后再次运行会接着做。例：gateway run 2026-10",
    "Build, check and submit a month (last: the one before this); run again, it goes on. Example: gateway run 2026-10",
)


DRY_RUN = "DRY_RUN"
"""What stands for a state where nothing was submitted."""

_DRY = ("试运行：已编制和检验，未提交", "dry run: built and checked, nothing submitted")


def command(
    month: options.Month,
    dry_run: Annotated[
        bool, typer.Option("--dry-run", help=say("只编制和检验，不提交", "build and check, submit nothing"))
    ] = False,
    root: options.Root = options.HERE,
    as_json: options.Json = False,
) -> None:
    """Builds, checks and submits."""
    from gateway.agreement import due
    from gateway.model.period import Period
    from gateway.release.build import corridor
    from gateway.release.upkeep.status import files, status

    now = options.now()
    period = Period(year=now.year, month=now.month).previous if month == "last" else options.period(month)
    deployment = options.deployment(root)
    with progress_bar() as progress:
        if dry_run:
            build = corridor.dry_run(deployment, period, options.now, progress)
            made = files(deployment, str(build.release))
            when = due(deployment.terms, period, deployment.calendar)
            document: dict[str, Any] = {
                "release": str(build.release),
                "period": str(period),
                "state": DRY_RUN,
                "due": when.due.isoformat() if when.due else None,
                "warning": say(*when.reason) if when.reason else None,
                "files": made,
                "next": f"gateway run {period}",
            }
        else:
            view = corridor.run(deployment, period, options.now, progress)
            document = status(deployment, view.release)
    if as_json:
        emit(document)
    else:
        tell(lines(document), title=str(document["release"]))


def lines(document: Mapping[str, Any]) -> list[tuple[str, str]]:
    """A release's status for a person."""
    from gateway.model.release import State
    from gateway.release.upkeep.status import WORDING

    state = str(document["state"])
    wording = say(*(_DRY if state == DRY_RUN else WORDING[State(state)]))
    rows = [(say("状态", "state"), f"{wording} [{state}]")]
    if document.get("due"):
        rows.append((say("应报期限", "due"), str(document["due"])))
    if document.get("warning"):
        rows.append((say("警告", "warning"), str(document["warning"])))
    if document.get("blocked"):
        rows.append((say("未通过", "blocked by"), str(document["blocked"])))
    names = {
        "workbook": say("工作簿", "workbook"),
        "report": say("检验报告", "validation report"),
        "statement": say("签批单", "statement"),
        "package": say("数据包", "package"),
        "manifest": say("交付清单", "manifest"),
        "signature": say("清单签名", "signature"),
        "privacy": say("个人信息证书", "privacy certificate"),
        "slip": say("移交单", "transfer slip"),
        "receipt": say("回执", "receipt"),
    }
    files = document["files"]
    if isinstance(files, dict):
        rows += [(label, str(files[name])) for name, label in names.items() if files.get(name)]
    if recall := document.get("recall"):
        confirmed = recall["confirmed_by"] or say("尚未确认删除", "deletion not confirmed yet")
        rows.append((say("召回通知", "notice of recall"), str(recall["notice"])))
        rows.append(
            (say("召回", "recall"), " · ".join(filter(None, [recall["until"], confirmed, recall["replaced_by"]])))
        )
    if document.get("next"):
        rows.append((say("下一步", "next"), str(document["next"])))
    return rows


command.__doc__ = HELP
