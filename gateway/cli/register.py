"""``gateway register``: the registers, as page, CSV and XLSX."""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Literal

import typer

from gateway.base.language import say
from gateway.cli import options
from gateway.cli.output import emit, tell

if TYPE_CHECKING:
    from gateway.package import RegisterTable

Name = Literal["sent", "received", "keys", "approvals", "passphrases", "all"]


def command(
    name: Annotated[Name, typer.Argument(help=say("哪一本登记簿", "which register"))] = "all",
    out: Annotated[Path, typer.Option(help=say("写到哪个目录", "where to"))] = Path("registers"),
    book: Annotated[
        Path | None,
        typer.Option(help=say("接收方的登记簿文件（不需要部署）", "the receiver's own register; needs no deployment")),
    ] = None,
    root: options.Root = options.HERE,
    as_json: options.Json = False,
) -> None:
    """Draws registers."""
    from gateway.base.files import write_atomic
    from gateway.package import register_files

    tables = [_bureaus(book)] if book is not None else _ours(root, name)
    written: list[dict[str, object]] = []
    for table in tables:
        files = register_files(table)
        for file, data in files.items():
            write_atomic(out / file, data)
        written.append({"register": table.name, "rows": len(table.rows), "files": [str(out / file) for file in files]})
    if as_json:
        emit(written)
        return
    for table, one in zip(tables, written, strict=True):
        rows = [(say("条数", "lines"), str(one["rows"]))]
        rows += [(Path(str(file)).suffix[1:].upper(), str(file)) for file in list(map(str, _list(one["files"])))]
        tell(rows, title=say(table.title.zh, table.title.en))


def _list(value: object) -> list[object]:
    return list(value) if isinstance(value, list) else []


def _ours(root: Path, name: str) -> "list[RegisterTable]":
    from gateway.release.upkeep.registers import REGISTERS, register

    deployment = options.deployment(root)
    return [register(deployment, one, options.now()) for one in (REGISTERS if name == "all" else (name,))]


def _bureaus(path: Path) -> "RegisterTable":
    """The receiver's register: all its lines, under the headings of a 电子档案移交与接收登记表."""
    from gateway.model.table import Wording
    from gateway.package import Column, RegisterTable
    from gateway.receiving import HEADINGS, as_filed, read_register

    rows = [as_filed(entry) for entry in read_register(path)]
    return RegisterTable(
        name="bureau",
        title=Wording(zh="电子数据接收登记表", en="Register of receptions"),
        columns=tuple(Column(key=key, zh=zh, en=en) for key, zh, en in HEADINGS),
        rows=tuple(rows),
        drawn=f"据登记簿 {path.name} 编制，共 {len(rows)} 条，哈希链已核验",
    )


command.__doc__ = say(
    "编制登记簿：移交、接收、密钥、签批、口令告知；页面、CSV、XLSX。例：gateway register sent --out 登记",
    "Draw registers as page, CSV and XLSX: sent, received, keys, … Example: gateway register sent --out registers",
)
