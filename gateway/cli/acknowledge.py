"""``gateway acknowledge``: a named person confirmed the receipt, by the acceptance code or on the stamped slip."""

import sys
from datetime import datetime
from pathlib import Path
from typing import Annotated

import typer

from gateway.base.errors import InputError
from gateway.base.language import say
from gateway.cli import options
from gateway.cli.output import emit, tell
from gateway.cli.run import lines
from gateway.model.period import ZONE


def command(
    release: options.Release,
    person: Annotated[str, typer.Option(help=say("确认的数据管理员编号", "the data manager who confirms"))],
    slip: Annotated[
        Path | None,
        typer.Option(help=say("盖章移交单的扫描件；按摘要登记", "scan of the stamped slip; entered by digest")),
    ] = None,
    code_file: Annotated[
        Path | None,
        typer.Option(help=say("验收码文件，- 为标准输入；省略则提示输入", "- for stdin; else it is asked for")),
    ] = None,
    received: Annotated[
        datetime | None, typer.Option(help=say("对方所称接收时间（北京时间）", "when they say they received it"))
    ] = None,
    root: options.Root = options.HERE,
    as_json: options.Json = False,
) -> None:
    """Enters a confirmation."""
    from gateway.release.sending.acknowledging import acknowledge
    from gateway.release.upkeep.status import status

    deployment = options.deployment(root)
    moment = received.replace(tzinfo=ZONE) if received else None
    if slip is not None:
        acknowledge(deployment, release, person, options.now(), scan=_scan(slip), received=moment)
    else:
        acknowledge(deployment, release, person, options.now(), code=_code(code_file), received=moment)
    document = status(deployment, release)
    if as_json:
        emit(document)
    else:
        tell(lines(document), title=release)


def _scan(path: Path) -> bytes:
    try:
        return path.read_bytes()
    except OSError as error:
        raise InputError(f"{path.name}：扫描件无法读取", f"{path.name}: the scan can't be read") from error


def _code(path: Path | None) -> str:
    if path is None:
        return str(typer.prompt(say("验收码", "acceptance code"), err=True))
    return sys.stdin.read() if str(path) == "-" else path.read_text(encoding="utf-8")


command.__doc__ = say(
    "登记专人确认：验收码，或盖章移交单。例：gateway acknowledge LGTJ_…_R01 --person manager_a --slip 移交单.pdf",
    "Enter a person's confirmation: code or slip. Example: gateway acknowledge LGTJ_…_R01 --person manager_a",
)
