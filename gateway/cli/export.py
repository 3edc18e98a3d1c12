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
        Path | None,
        typer.Option(
            "--out", help=say("输出目录，默认 export/批次号", "default: export/<release>, with --secret .secret")
        ),
    ] = None,
    secret: Annotated[
        bool,
        typer.Option(
            "--secret",
            help=say(
                "保密资料：各表隐去了什么、为什么，保密证书及其依据（仅供数据审核员）",
                "the secret side: what is withheld and why, the secret certificate and its material (stewards only)",
            ),
        ),
    ] = False,
    steward: Annotated[
        str, typer.Option("--as", help=say("数据审核员（--secret 时必需）", "the data steward; needed with --secret"))
    ] = "",
    root: options.Root = options.HERE,
    as_json: options.Json = False,
) -> None:
    """Writes plain files."""
    from gateway.release.review.exporting import export, export_secret

    deployment = options.deployment(root)
    if secret:
        folder = out or deployment.root / "export" / f"{release}.secret"
        paths = export_secret(deployment, release, folder, steward, options.now())
    else:
        paths = export(deployment, release, out or deployment.root / "export" / release)
    if as_json:
        emit({"release": release, "files": [str(path) for path in paths]})
        return
    rows = [("", str(path)) for path in paths]
    rows.append((say("注意", "note"), say("这些是明文，用后请删除", "these are plain files: delete them after use")))
    if secret:
        never = say("仅限平台内部，不得提供给接收方", "stays on the platform, never goes to the receiver")
        rows.append((say("保密", "secret"), never))
    tell(rows, title=release)


command.__doc__ = say(
    "把一个批次的明文文件写出来查看。例：gateway export LGTJ_…_R01",
    "Write a release's plain files to look at. Example: gateway export LGTJ_…_R01",
)
