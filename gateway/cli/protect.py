"""``gateway protect``: protect a contributor-level table, and have it proved by the separate verifier."""

from pathlib import Path
from typing import Annotated

import typer

from gateway.base.language import say
from gateway.cli import options
from gateway.cli.output import emit, progress_bar, tell


def command(
    cells: Annotated[Path, typer.Argument(help=say("逐贡献者的 CSV", "contributor-level CSV"))],
    spec: Annotated[Path, typer.Option(help=say("表的声明（TOML）", "the table's declaration (TOML)"))],
    out: Annotated[Path, typer.Option(help=say("输出目录", "output folder"))],
    history: Annotated[
        Path | None, typer.Option(help=say("已提供数据的历史文件", "the history of what was released before"))
    ] = None,
    begin_history: Annotated[
        bool, typer.Option(help=say("声明此前未提供过任何数据", "state that nothing was released before"))
    ] = False,
    release: Annotated[str, typer.Option(help=say("历史中的名称", "its name in the history"))] = "release",
    previous: Annotated[
        Path | None, typer.Option(help=say("上期的 cells.csv，用于比较", "the last table's cells.csv, to compare with"))
    ] = None,
    as_json: options.Json = False,
) -> None:
    """Protects a table."""
    from gateway.release.protect.protecting import protect_file

    if begin_history and history is None:
        raise typer.BadParameter(say("--begin-history 需要 --history", "--begin-history needs --history"))
    with progress_bar() as progress:
        report = protect_file(
            cells,
            spec,
            out,
            at=options.now(),
            history=history,
            begin_history=begin_history,
            release=release,
            previous=previous,
            progress=progress,
        )
    if as_json:
        emit(report)
        return
    tell(
        [
            (say("单元格", "cells"), str(report["cells"])),
            (say("主隐去", "primary"), str(report["primary"])),
            (say("补充隐去", "secondary"), str(report["secondary"])),
            (say("隐去的数值占比", "share of value withheld"), f"{report['value_share']:.4f}"),
            (say("核验证书（保密）", "certificate (secret)"), str(report["certificate"] or "—")),
        ]
    )


command.__doc__ = say(
    "保护一张逐贡献者的表。例：gateway protect 数据.csv --spec 表.toml --out 结果 --json",
    "Protect a contributor-level table. Example: gateway protect cells.csv --spec table.toml --out result --json",
)
