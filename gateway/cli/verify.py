"""``gateway verify``: check a package, with code that shares nothing with what made it. Needs no deployment."""

from datetime import datetime
from pathlib import Path
from typing import Annotated, Any

import typer

from gateway.base.errors import Exit, IntegrityError
from gateway.base.files import PRIVATE, write_atomic
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
            help=say(
                "保密证书：复核数据包的披露控制，或 gateway protect 的结果",
                "secret certificate: rechecks the protection of a package, or of a table by gateway protect",
            )
        ),
    ] = None,
    material: Annotated[
        Path | None,
        typer.Option(
            help=say("数据包的保密资料，默认与保密证书同目录", "a package's secret material; default: beside --secret")
        ),
    ] = None,
    intervals: Annotated[
        Path | None,
        typer.Option(
            help=say(
                "写出仅凭数据包（或加 --spec，仅凭受保护的表）能把各隐去数字推到多窄（CSV）",
                "write how narrowly each withheld figure can be known from the package (--spec: table) alone (CSV)",
            )
        ),
    ] = None,
    spec: Annotated[Path | None, typer.Option(help=say("表的声明", "the table's declaration"))] = None,
    cells: Annotated[Path | None, typer.Option(help=say("逐贡献者的 CSV", "the contributor-level CSV"))] = None,
    history: Annotated[
        Path | None, typer.Option(help=say("证书所涉的发布历史", "the release history that the certificate covers"))
    ] = None,
    as_json: options.Json = False,
) -> None:
    """Verifies a package, or a protected table."""
    from gateway.base.text import read_text
    from gateway.cli.receive import read_passphrase
    from gateway.verifier import TITLES, verify_package
    from gateway.verifier.month import verify_month_package
    from gateway.verifier.wording import MONTH_TITLES

    if secret is not None and (spec or cells or not allowed_signers):
        _recheck(package, secret, spec, cells, history, as_json)
        return
    if intervals is not None and spec is not None and allowed_signers is None:
        _write_table_intervals(package, spec, cells, intervals)
        return
    if allowed_signers is None:
        raise typer.BadParameter(say("核验数据包需要 --allowed-signers", "a package needs --allowed-signers"))
    if (secret or intervals) and passphrase_file is None:
        raise typer.BadParameter(say("须以 --passphrase-file 打开数据包", "the package needs --passphrase-file"))
    given: dict[str, Any] = {
        "allowed_signers": read_text(allowed_signers),
        "at": at.replace(tzinfo=ZONE) if at else options.now(),
        "passphrase": read_passphrase(passphrase_file) if passphrase_file else None,
    }
    if secret is not None:
        material = material or secret.parent / "material.json"
        report = verify_month_package(package, secret, material, recipient=recipient, **given)
    else:
        report = verify_package(package, recipient=recipient, **given)
    if intervals is not None and report.valid:
        _write_intervals(package, intervals, given)
    if as_json:
        emit(report.as_json())
    else:
        scopes = {"outside": say("外部（未给口令）", "the outside: no passphrase was given"), "all": say("全部", "all")}
        rows = [*checked(report.checks, {**TITLES, **MONTH_TITLES}), (say("范围", "scope"), scopes[report.scope])]
        if secret is not None:
            rows += [("–", f"{name} {say('未核对', 'not checked')}") for name in report.not_checked]
        tell(rows, title=say("成立", "valid") if report.valid else say("不成立", "not valid"))
    if not report.valid:
        raise typer.Exit(int(Exit.INTEGRITY))


def _write_intervals(package: Path, out: Path, given: dict[str, Any]) -> None:
    """A row a withheld figure: its file, measure and codes, the least and the most that it can be."""
    from gateway.release.protect.files import csv_bytes
    from gateway.verifier.month import package_intervals
    from gateway.verifier.report import Problem

    try:
        found = package_intervals(package, **given)
    except Problem as problem:
        raise IntegrityError(problem.zh, problem.en, safe=("没有写出文件", "no file was written")) from problem
    rows = ([one.entry, one.measure, "/".join(one.place), *_ends(one)] for one in found)
    write_atomic(out, csv_bytes(["entry", "measure", "codes", "least", "most"], rows), mode=PRIVATE)


def _write_table_intervals(folder: Path, spec: Path, cells: Path | None, out: Path) -> None:
    """The same of a table by ``gateway protect``, from its published.csv: a row a withheld cell. ``cells``: what tells
    how codes lie below each other where they do not begin with the upper one's."""
    from gateway.release.protect.files import csv_bytes
    from gateway.verifier.protection import intervals, parents_in
    from gateway.verifier.report import Problem

    try:
        found = intervals(folder / "published.csv", spec, parents=parents_in(cells, spec) if cells else None)
    except Problem as problem:
        raise IntegrityError(problem.zh, problem.en, safe=("没有写出文件", "no file was written")) from problem
    rows = (["/".join(one.key), *_ends(one)] for one in found)
    write_atomic(out, csv_bytes(["codes", "least", "most"], rows), mode=PRIVATE)


def _ends(one: Any) -> tuple[str, str]:
    """An interval's least and most as text; empty where nothing limits it."""
    return f"{one.least:g}", "" if one.most is None else f"{one.most:g}"


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
