"""``gateway demo``: a whole month on made-up data."""

from pathlib import Path
from typing import Annotated

import typer

from gateway.base.errors import Exit
from gateway.base.language import say
from gateway.cli import options
from gateway.cli.output import emit, progress_bar, tell
from gateway.cli.run import lines


def command(
    folder: Annotated[Path, typer.Option("--dir", help=say("演示目录（须为空）", "an empty folder"))] = Path("demo"),
    rows: Annotated[int, typer.Option(min=1000, help=say("虚构数据行数", "rows of made-up data"))] = 60_000,
    seed: Annotated[int, typer.Option(help=say("随机种子", "the made-up data's seed"))] = 1,
    month: Annotated[str, typer.Option(help=say("数据所属月份", "the month the data are about"))] = "2026-10",
    agreement: Annotated[str, typer.Option(help=say("协议文件名", "an agreement file's name"))] = "siping-004",
    only_data: Annotated[
        bool, typer.Option("--only-data", help=say("只生成虚构数据（CSV 与 Parquet）", "only write the made-up data"))
    ] = False,
    custody: Annotated[
        bool, typer.Option("--custody", help=say("保管协议的一年（固定时钟）", "a year of custody, by a fixed clock"))
    ] = False,
    year: Annotated[
        bool,
        typer.Option("--year", help=say("按固定时钟走完一年", "a year of the agreement, by a fixed clock")),
    ] = False,
    as_json: options.Json = False,
) -> None:
    """Runs the demo."""
    if custody:
        _custody(folder, as_json)
        return
    if year:
        _year(folder, rows, seed, as_json)
        return
    from gateway.demo.month import guided_month, made_up_data

    period = options.period(month)
    with progress_bar() as progress:
        if only_data:
            document = made_up_data(folder, rows=rows, seed=seed, period=period, progress=progress)
        else:
            document = guided_month(folder, rows=rows, seed=seed, period=period, agreement=agreement, progress=progress)
    if as_json:
        emit(document)
    elif only_data:
        tell([(name, str(count)) for name, count in document["rows"].items()], title=str(folder))
    else:
        rows_ = lines(document)
        rows_.append((say("口令", "passphrase"), str(document["passphrase"])))
        rows_.append((say("登记簿", "register"), str(document["register"])))
        tell(rows_, title=str(document["release"]))


def _custody(folder: Path, as_json: bool) -> None:
    from gateway.demo.custody_year import custody_year

    with progress_bar() as progress:
        document = custody_year(folder, progress)
    if as_json:
        emit(document)
        return
    rows = [
        (row["at"][:16].replace("T", " "), f"{row['agreement']:<14}{row['clause']:<8} {say(row['zh'], row['en'])}")
        for row in document["happened"]
    ]
    rows += [(say("报告", "report"), path) for path in document["reports"]]
    rows.append((say("凭证", "certificates"), str(Path(document["certificates"][0]).parent)))
    tell(rows, title=say("四份保管协议的一年", "a year under four agreements on custody"))


def _year(folder: Path, rows: int, seed: int, as_json: bool) -> None:
    from gateway.demo.year import year as play

    with progress_bar() as progress:
        document = play(folder, rows=rows, seed=seed, every_month=True, progress=progress)
    if as_json:
        emit(document)
    else:
        rows_ = [
            ("√ " if s["held"] else "× ", f"{s['day']} {s['scene']} · {' '.join(s['clauses'])} · {s['outcome']}")
            for s in document["scenes"]
        ]
        rows_.append((say("送达", "delivered"), str(len(document["delivered"]))))
        rows_.append((say("账本", "ledger"), say("完整", "whole") if document["ledger"] else say("已损坏", "broken")))
        tell(rows_, title=str(document["deployment"]))
    if not document["held"]:
        raise typer.Exit(int(Exit.INTEGRITY))


command.__doc__ = say(
    "用虚构数据走完一个月：编制、签批、推送、接收、登记。例：gateway demo --rows 60000",
    "A whole month on made-up data, from extract to registered receipt. Example: gateway demo --rows 60000",
)
