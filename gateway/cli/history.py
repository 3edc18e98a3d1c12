"""``gateway history``: the release history against which ``gateway protect`` protects, and how the deployment's own, of
the monthly run, began."""

from pathlib import Path
from typing import Annotated, Any

import typer

from gateway.base.language import say
from gateway.cli import options
from gateway.cli.output import emit, tell

app = typer.Typer(
    help=say("发布历史：开始、导入、签名、销毁数值、查看。", "The release history: begin, import, sign, forget, show."),
    no_args_is_help=True,
)
History = Annotated[Path, typer.Argument(help=say("历史文件", "the history's file"))]
Own = Annotated[
    Path | None,
    typer.Argument(
        help=say(
            "gateway protect 的历史文件；不写则为本部署月度运行的历史",
            "the history's file of gateway protect; left out: the deployment's own, of the monthly run",
        )
    ),
]
Published = Annotated[
    Path | None,
    typer.Option("--import", help=say("此前已公布数字的 published.csv", "published.csv of what was published before")),
]
Spec = Annotated[Path | None, typer.Option(help=say("该表的声明", "that table's declaration"))]


@app.command(
    "begin",
    help=say(
        "开始一份历史，声明此前是否提供过数据。例：gateway history begin --empty，"
        "gateway history begin 四平.history --import 旧表.csv --spec 表.toml",
        "Begin a history: state what was published before. Example: gateway history begin --empty, "
        "gateway history begin siping.history --import old.csv --spec table.toml",
    ),
)
def begin(
    history: Own = None,
    empty: Annotated[
        bool,
        typer.Option("--empty", help=say("声明此前未提供过任何数据", "state that nothing was published before")),
    ] = False,
    published: Annotated[
        list[Path] | None,
        typer.Option(
            "--import",
            help=say(
                "此前已公布的 CSV；月度运行的历史可多次给出，每次一张表，可含数月",
                "a CSV published before; for the monthly run repeatable, one table each, of one month or several",
            ),
        ),
    ] = None,
    spec: Spec = None,
    root: options.Root = options.HERE,
    as_json: options.Json = False,
) -> None:
    """Begins a history: nothing was released before, or what is imported."""
    files = published or []
    if history is None:
        if spec is not None or empty == bool(files):
            raise typer.BadParameter(
                say(
                    "月度运行的历史：--empty 与 --import 二者必居其一，不用 --spec",
                    "the monthly run's history: either --empty or --import, and no --spec",
                )
            )
        from gateway.release.history.importing import begin_own

        _tell_own(begin_own(options.deployment(root), files, now=options.now()), as_json)
        return
    from gateway.release.protect.exchanges import begin_history

    if len(files) > 1 or (empty and files):
        raise typer.BadParameter(say("历史文件开始时只导入一个文件", "a history's file begins with one import"))
    _tell(begin_history(history, imports=_pair(files[0] if files else None, spec)), as_json)


@app.command(
    "import",
    help=say(
        "导入此前已公布的数字。例：gateway history import 四平.history --import 旧表.csv --spec 表.toml",
        "Import figures published before. Example: gateway history import siping.history --import old.csv "
        "--spec table.toml",
    ),
)
def import_(history: History, published: Published = None, spec: Spec = None, as_json: options.Json = False) -> None:
    """Imports figures that were published before the gateway."""
    from gateway.release.protect.exchanges import import_published

    pair = _pair(published, spec)
    if pair is None:
        raise typer.BadParameter(say("需要 --import 与 --spec", "--import and --spec are needed"))
    _tell(import_published(history, *pair), as_json)


@app.command(
    "sign",
    help=say(
        "加入对历史的签名。例：gateway history sign 四平.history --signature 四平.history.sig --allowed-signers 名单",
        "Add a signature. Example: gateway history sign siping.history --signature siping.history.sig "
        "--allowed-signers allowed_signers",
    ),
)
def sign(
    history: History,
    signature: Annotated[Path, typer.Option(help=say("ssh-keygen -Y sign 的签名", "made by ssh-keygen -Y sign"))],
    allowed_signers: Annotated[Path, typer.Option(help=say("允许的签名人名单", "allowed_signers"))],
    as_json: options.Json = False,
) -> None:
    """Adds a signature of the history as it stands."""
    from gateway.release.protect.exchanges import sign_history

    _tell(sign_history(history, signature, allowed_signers, at=options.now()), as_json)


@app.command(
    "forget",
    help=say(
        "保留期满，销毁贡献者数值。例：gateway history forget 四平.history --release 2026-10",
        "Destroy contributors' values after retention. Example: gateway history forget siping.history "
        "--release 2026-10",
    ),
)
def forget(
    history: History,
    release: Annotated[list[str], typer.Option(help=say("版本名，可多次", "a release; may be repeated"))],
    as_json: options.Json = False,
) -> None:
    """Destroys contributors' values; equations and intervals stay."""
    from gateway.release.protect.exchanges import forget_releases

    _tell(forget_releases(history, release, at=options.now()), as_json)


@app.command(
    "show",
    help=say(
        "查看历史。例：gateway history show，gateway history show 四平.history",
        "What it covers. Example: gateway history show, gateway history show siping.history",
    ),
)
def show(history: Own = None, root: options.Root = options.HERE, as_json: options.Json = False) -> None:
    """Says what a history covers."""
    if history is None:
        from gateway.release.history.importing import told_own

        _tell_own(told_own(options.deployment(root)), as_json)
        return
    from gateway.release.protect.exchanges import show_history

    _tell(show_history(history), as_json)


def _pair(published: Path | None, spec: Path | None) -> tuple[Path, Path] | None:
    if (published is None) != (spec is None):
        raise typer.BadParameter(say("--import 需要 --spec", "--import needs --spec"))
    return None if published is None or spec is None else (published, spec)


def _tell(found: dict[str, Any], as_json: bool) -> None:
    if as_json:
        emit(found)
        return
    none = say("无", "none")
    tell(
        [
            (say("交换", "exchange"), found["exchange"]),
            (say("此前", "before"), _before(found)),
            (say("签名人", "signed by"), found["signed"] or none),
            (say("版本", "releases"), "、".join(found["releases"]) or none),
            (say("数值已销毁", "values destroyed"), "、".join(found["destroyed"]) or none),
            (say("已公布 / 未公布", "published / withheld"), f"{found['published']} / {found['withheld']}"),
            (say("历史头", "head"), found["head"]),
        ]
    )


def _tell_own(found: dict[str, Any], as_json: bool) -> None:
    if as_json:
        emit(found)
        return
    from gateway.release.history.beginning import IMPORTED

    none, stated = say("无", "none"), say("尚未声明", "not stated yet")
    if found["before"]:
        stated = _before(found, imports=found["before"] == IMPORTED)
    tell(
        [
            (say("协议", "agreement"), found["exchange"]),
            (say("此前", "before"), stated),
            (say("签名人", "signed by"), found["signed"] or none),
            (say("声明时间", "stated at"), found["at"] or none),
            (say("版本", "releases"), "、".join(found["releases"]) or none),
            (say("数值已销毁", "values destroyed"), "、".join(found["destroyed"]) or none),
            (say("历史头", "head"), found["head"]),
        ]
    )


def _before(found: dict[str, Any], *, imports: bool = False) -> str:
    if found["imported"] or imports:
        return say(f"导入了 {found['imported']} 个数字", f"{found['imported']} figures imported")
    return say("声明未提供过任何数据", "nothing was released, it is stated")
