"""``gateway verify``: check a package, with code that shares nothing with what made it. Needs no deployment."""

from datetime import datetime
from pathlib import Path
from typing import Annotated

import typer

from gateway.base.errors import Exit
from gateway.base.language import say
from gateway.cli import options
from gateway.cli.output import checked, emit, tell
from gateway.model.period import ZONE


def command(
    package: Annotated[
        Path, typer.Argument(help=say("数据包的文件或所在目录", "one of the package's files, or its folder"))
    ],
    allowed_signers: Annotated[
        Path | None,
        typer.Option(help=say("允许的签名人名单（核验数据包时必需）", "allowed_signers; needed for a package")),
    ] = None,
    passphrase_file: Annotated[
        Path | None,
        typer.Option(help=say("口令文件，- 为标准输入；省略则只查外部", "- for stdin; without it, the outside only")),
    ] = None,
    recipient: Annotated[str | None, typer.Option(help=say("应为谁的", "whom it should be for"))] = None,
    at: Annotated[
        datetime | None,
        typer.Option(
            help=say("密钥应在何时有效（北京时间），默认现在", "when the keys must have been valid; default now")
        ),
    ] = None,
    secret: Annotated[
        Path | None,
        typer.Option(
            help=say("保密证书：复核 gateway protect 的结果", "secret certificate: rechecks a protected table")
        ),
    ] = None,
    spec: Annotated[Path | None, typer.Option(help=say("表的声明", "the table's declaration"))] = None,
    cells: Annotated[Path | None, typer.Option(help=say("逐贡献者的 CSV", "the contributor-level CSV"))] = None,
    history: Annotated[
        Path | None, typer.Option(help=say("证书所涉的提供历史", "the release history that the certificate covers"))
    ] = None,
    as_json: options.Json = False,
) -> None:
    """Verifies a package, or a protected table."""
    from gateway.base.text import read_text
    from gateway.cli.receive import read_passphrase
    from gateway.verifier import TITLES, verify_package

    if secret is not None:
        _recheck(package, secret, spec, cells, history, as_json)
        return
    if allowed_signers is None:
        raise typer.BadParameter(say("核验数据包需要 --allowed-signers", "a package needs --allowed-signers"))
    report = verify_package(
        package,
        allowed_signers=read_text(allowed_signers),
        at=at.replace(tzinfo=ZONE) if at else options.now(),
        passphrase=read_passphrase(passphrase_file) if passphrase_file else None,
        recipient=recipient,
    )
    if as_json:
        emit(report.as_json())
    else:
        scopes = {"outside": say("外部（未给口令）", "the outside: no passphrase was given"), "all": say("全部", "all")}
        rows = [*checked(report.checks, TITLES), (say("范围", "scope"), scopes[report.scope])]
        tell(rows, title=say("成立", "valid") if report.valid else say("不成立", "not valid"))
    if not report.valid:
        raise typer.Exit(int(Exit.INTEGRITY))


def _recheck(
    folder: Path, secret: Path, spec: Path | None, cells: Path | None, history: Path | None, as_json: bool
) -> None:
    """The protection itself, checked from its secret certificate without a solver."""
    from gateway.verifier.protection import recheck

    if spec is None or cells is None:
        raise typer.BadParameter(say("--secret 需要 --spec 与 --cells", "--secret needs --spec and --cells"))
    found = folder / "cells.csv", folder / "published.csv"
    report = recheck(secret, spec, cells, *found, public=folder / "certificate.json", history=history)
    not_checked = [*report.left_out, *report.not_checked]
    if as_json:
        checks = [{"name": c.name, "passed": c.passed, "reason": say(c.zh, c.en)} for c in report.checks]
        emit({"package": str(folder), "valid": report.valid, "checks": checks, "not_checked": not_checked})
    else:
        rows = [("√" if check.passed else "×", f"{check.name} {say(check.zh, check.en)}") for check in report.checks]
        rows += [("–", f"{name} {say('未核对', 'not checked')}") for name in not_checked]
        tell(rows, title=say("成立", "valid") if report.valid else say("不成立", "not valid"))
    if not report.valid:
        raise typer.Exit(int(Exit.INTEGRITY))


command.__doc__ = say(
    "独立核验数据包，或（--secret）复核受保护的表。例：gateway verify inbox --allowed-signers allowed_signers",
    "Check a package, or with --secret a protected table. Example: gateway verify inbox --allowed-signers signers",
)
