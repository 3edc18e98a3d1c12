"""``gateway export``: the plain files of a release, for a steward to look at."""

from pathlib import Path
from typing import Annotated

import typer

from gateway.base.language import say
from gateway.cli import options
from gateway.cli.output import emit, tell


def command(
    release: options.Release,
    out: Annotated[
        Path | None, typer.Option("--out", help=say("输出目录，默认 export/批次号", "default: export/<release>"))
    ] = None,
    root: options.Root = options.HERE,
    as_json: options.Json = False,
) -> None:
    """Writes plain files."""
    from gateway.release.exporting import export

    deployment = options.deployment(root)
    paths = export(deployment, release, out or deployment.root / "export" / release)
    if as_json:
        emit({"release": release, "files": [str(path) for path in paths]})
        return
    rows = [("", str(path)) for path in paths]
    rows.append((say("注意", "note"), say("这些是明文，用后请删除", "these are plain files: delete them after use")))
    tell(rows, title=release)


command.__doc__ = say(
    "把一个批次的明文文件写出来查看。例：gateway export LGTJ_…_R01",
    "Write a release's plain files to look at. Example: gateway export LGTJ_…_R01",
)
