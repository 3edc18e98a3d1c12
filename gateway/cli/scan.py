"""``gateway scan``: find personal data in files. Needs no deployment; never prints a value."""

from pathlib import Path
from typing import Annotated

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
    as_json: options.Json = False,
) -> None:
    """Scans files."""
    from gateway.cli.receive import read_passphrase
    from gateway.privacy import scan_paths

    passphrase = read_passphrase(passphrase_file) if passphrase_file else None
    scan = scan_paths(paths, passphrase=passphrase)
    if as_json:
        gaps = [
            {
                "file": gap.file,
                "location": "",
                "entity": "NOT_SEARCHED",
                "tier": "HIGH",
                "start": 0,
                "end": 0,
                "reason": str(gap.reason),
            }
            for gap in scan.not_searched
        ]
        emit([*(finding.as_json() for finding in scan.findings), *gaps])
    else:
        rows = [(f"{f.tier:<6} {f.entity}", f"{f.file} {f.location} [{f.start}:{f.end}]") for f in scan.findings]
        rows += [(say("未能检查", "not searched"), f"{gap.file}: {gap.reason}") for gap in scan.not_searched]
        rows += [(say("已检查", "searched"), str(len(scan.searched))), (say("发现", "found"), str(len(scan.findings)))]
        tell(rows)
    if scan.findings or scan.not_searched:
        raise typer.Exit(int(Exit.PERSONAL_DATA))


command.__doc__ = say(
    "在 CSV、XLSX、JSON、文本、ZIP 中查找个人信息。例：gateway scan 文件.xlsx --json",
    "Find personal data in CSV, XLSX, JSON, text and ZIP files. Example: gateway scan file.xlsx --json",
)
