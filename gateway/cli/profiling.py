"""``gateway scan --profile``: how a discovery is told. Names of columns, counts and shares; never a value."""

from collections.abc import Sequence
from pathlib import Path
from typing import Any

from gateway.base.errors import InputError
from gateway.base.files import write_atomic
from gateway.base.language import say
from gateway.cli.output import emit, progress_bar, tell
from gateway.privacy.discovery import REASONS
from gateway.release.upkeep.discovering import Discovery, discover


def run(path: Path, quasi: Sequence[str], k: int, out: Path | None, *, as_json: bool) -> None:
    """Profiles one file and tells it. Raises InputError for what can't be read, or a draft that is there already."""
    if out and out.exists():
        raise InputError(f"{out} 已存在，不会覆盖", f"{out} exists and is not overwritten")
    with progress_bar() as progress:
        found = discover(path, quasi=quasi, k=k, progress=lambda part: progress(say("读取各列", "columns"), part))
    if out:
        write_atomic(out, found.contract.encode())
    if as_json:
        emit(document(found))
    else:
        _tell(found, out)


def document(found: Discovery) -> dict[str, Any]:
    """As ``--json`` gives it."""
    anonymity = found.anonymity
    return {
        "file": found.file,
        "rows": found.rows,
        "malformed": found.malformed,
        "columns": [
            {
                "column": column.shown,
                "filled": column.filled,
                "distinct": column.distinct,
                "sampled": column.sampled,
                "kinds": [
                    {"entity": kind.entity, "share": round(kind.share, 4), "tier": kind.tier.value}
                    for kind in column.kinds
                ],
                "role": column.guess.value,
                "why": column.why.value,
                "withheld_as": column.withheld_as,
                "quasi": column.quasi,
            }
            for column in found.columns
        ],
        "anonymity": None
        if anonymity is None
        else {
            "columns": list(found.combination),
            "chosen": found.chosen,
            "k": anonymity.k,
            "rows": anonymity.rows,
            "classes": anonymity.classes,
            "smallest": anonymity.smallest,
            "classes_below": anonymity.classes_below,
            "rows_below": anonymity.rows_below,
        },
        "contract": found.contract,
        "lacking": list(found.lacking),
    }


def _tell(found: Discovery, out: Path | None) -> None:
    rows = []
    for column in found.columns:
        distinct = say("很多", "many") if column.distinct is None else str(column.distinct)
        kinds = ", ".join(f"{kind.entity} {kind.share:.0%} ({kind.tier})" for kind in column.kinds) or "–"
        filled = f"{column.filled / found.rows:.0%}" if found.rows else "–"
        text = say(f"填写 {filled}，不同值 {distinct}；{kinds}", f"filled {filled}, distinct {distinct}; {kinds}")
        rows.append((column.shown, f"{column.guess.value:<9} {say(*REASONS[column.why])} · {text}"))
    title = say(f"{found.file}：{found.rows} 行", f"{found.file}: {found.rows} rows")
    if found.malformed:
        title += say(f"，另有 {found.malformed} 行无法读取", f", {found.malformed} more could not be read")
    tell(rows, title=title)
    if (one := found.anonymity) is not None:
        tell(
            [
                (say("列", "columns"), ", ".join(found.combination)),
                (say("类", "classes"), str(one.classes)),
                (say("最小的类", "smallest class"), str(one.smallest)),
                (
                    say(f"不足 {one.k} 条的类", f"classes below {one.k}"),
                    say(
                        f"{one.classes_below} 类，{one.rows_below} 条记录",
                        f"{one.classes_below}, with {one.rows_below} records",
                    ),
                ),
            ],
            title=say("准标识组合", "combination of quasi-identifiers")
            + ("" if found.chosen else say("（建议）", " (proposed)")),
        )
    needs = ", ".join(found.lacking) or "–"
    tell([(say("草稿尚缺", "the draft still lacks"), needs), *([(say("草稿", "draft"), str(out))] if out else [])])
    if not out:
        tell([], title=found.contract)
