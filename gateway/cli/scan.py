"""``gateway scan``: find personal data in files. Needs no deployment; never prints a value."""

from pathlib import Path
from typing import Annotated, Any

import typer

from gateway.base.errors import Exit
from gateway.base.language import say
from gateway.cli import options
from gateway.cli.output import emit, tell


def command(
    paths: Annotated[list[Path], typer.Argument(help=say("文件或目录", "files or folders"))],
    passphrase_file: Annotated[
        Path | None, typer.Option(help=say("加密 ZIP 的口令文件，- 为标准输入", "for encrypted ZIPs; - for stdin"))
    ] = None,
    profile: Annotated[
        bool,
        typer.Option(
            "--profile",
            help=say(
                "识别一个未知导出文件的各列：内容、建议角色、契约草稿、k-匿名",
                "what the columns of one unknown extract hold: kinds, roles, a draft contract, k-anonymity",
            ),
        ),
    ] = False,
    quasi: Annotated[
        str,
        typer.Option(
            help=say("--profile：准标识列，逗号分隔；缺省为建议的组合", "--profile: columns, by comma; else proposed")
        ),
    ] = "",
    k: Annotated[
        int, typer.Option(min=1, help=say("--profile：同类记录的最少条数", "--profile: records that must be alike"))
    ] = 10,
    out: Annotated[
        Path | None,
        typer.Option(help=say("--profile：契约草稿写入此文件", "--profile: writes the draft contract here")),
    ] = None,
    as_json: options.Json = False,
) -> None:
    """Scans files."""
    if profile:
        if len(paths) != 1 or passphrase_file:
            raise typer.BadParameter(say("--profile 只接受一个未加密的文件", "--profile takes one plain file"))
        from gateway.cli import profiling

        profiling.run(paths[0], [name for name in quasi.split(",") if name], k, out, as_json=as_json)
        return
    if quasi or out:
        raise typer.BadParameter(say("--quasi 与 --out 需要 --profile", "--quasi and --out need --profile"))
    _scan(paths, passphrase_file, as_json)


def _scan(paths: list[Path], passphrase_file: Path | None, as_json: bool) -> None:
    from gateway.cli.receive import read_passphrase
    from gateway.privacy import scan_paths

    passphrase = read_passphrase(passphrase_file) if passphrase_file else None
    scan = scan_paths(paths, passphrase=passphrase)
    if as_json:
        emit([*(finding.as_json() for finding in scan.findings), *map(_gap, scan.not_searched)])
    else:
        rows = [(f"{f.tier:<6} {f.entity}", f"{f.file} {f.location} [{f.start}:{f.end}]") for f in scan.findings]
        rows += [(say("未能检查", "not searched"), f"{gap.file}: {gap.reason}") for gap in scan.not_searched]
        rows += [(say("已检查", "searched"), str(len(scan.searched))), (say("发现", "found"), str(len(scan.findings)))]
        tell(rows)
    if scan.findings or scan.not_searched:
        raise typer.Exit(int(Exit.PERSONAL_DATA))


def _gap(gap: Any) -> dict[str, Any]:
    return {
        "file": gap.file,
        "location": "",
        "entity": "NOT_SEARCHED",
        "tier": "HIGH",
        "start": 0,
        "end": 0,
        "reason": str(gap.reason),
    }


command.__doc__ = say(
    "在 CSV、XLSX、JSON、文本、ZIP 中查找个人信息；--profile 识别未知导出文件的各列。"
    "例：gateway scan 文件.xlsx --json；gateway scan --profile 导出.csv --quasi 性别,出生日期 --out 草稿.toml",
    "Find personal data in CSV, XLSX, JSON, text and ZIP files; --profile tells what the columns of an unknown extract "
    "hold. Examples: gateway scan file.xlsx --json; gateway scan --profile extract.csv --quasi sex,age --out new.toml",
)
