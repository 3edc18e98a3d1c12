"""``gateway verify``: check a package, with code that shares nothing with what made it. Needs no deployment."""

from pathlib import Path
from typing import Annotated

import typer

from gateway.base.errors import Exit
from gateway.base.language import say
from gateway.cli import options
from gateway.cli.output import emit, tell


def command(
    package: Annotated[
        Path, typer.Argument(help=say("数据包的文件或所在目录", "one of the package's files, or its folder"))
    ],
    allowed_signers: Annotated[Path, typer.Option(help=say("允许的签名人名单", "the allowed_signers file"))],
    passphrase_file: Annotated[
        Path | None,
        typer.Option(help=say("口令文件，- 为标准输入；省略则只查外部", "- for stdin; without it, the outside only")),
    ] = None,
    recipient: Annotated[str | None, typer.Option(help=say("应为谁的", "whom it should be for"))] = None,
    as_json: options.Json = False,
) -> None:
    """Verifies a package."""
    from gateway.cli.receive import read_passphrase
    from gateway.verifier import verify_package

    report = verify_package(
        package,
        allowed_signers=allowed_signers.read_text(encoding="utf-8"),
        at=options.now(),
        passphrase=read_passphrase(passphrase_file) if passphrase_file else None,
        recipient=recipient,
    )
    if as_json:
        emit(report.as_json())
    else:
        rows = [("✓" if check.passed else "✗", f"{check.name} {say(check.zh, check.en)}") for check in report.checks]
        rows.append((say("范围", "scope"), str(report.scope)))
        tell(rows, title=say("成立", "valid") if report.valid else say("不成立", "not valid"))
    if not report.valid:
        raise typer.Exit(int(Exit.INTEGRITY))


command.__doc__ = say(
    "独立核验数据包。例：gateway verify inbox --allowed-signers allowed_signers --passphrase-file p",
    "Check a package independently. Example: gateway verify inbox --allowed-signers allowed_signers",
)
