"""``gateway status``: what stands where."""

from typing import Annotated

import typer

from gateway.base.language import say
from gateway.cli import options
from gateway.cli.output import emit, tell
from gateway.cli.run import lines


def command(
    release: Annotated[
        str | None, typer.Argument(help=say("批次号；省略则列出全部", "a release; all of them when left out"))
    ] = None,
    refused: Annotated[
        bool, typer.Option("--refused", help=say("列出被拒收的行（文件、行号、列、原因）", "list the refused rows"))
    ] = False,
    root: options.Root = options.HERE,
    as_json: options.Json = False,
) -> None:
    """Shows releases."""
    from gateway.agreement import Standing
    from gateway.agreement.clockwork import WORDING as CLOCKS
    from gateway.release.build.corridor import Book
    from gateway.release.build.stages import OPEN_NAMES
    from gateway.release.site.office import load_office
    from gateway.release.upkeep.status import alerts, status

    now = options.now()
    office = load_office(root, now)
    deployment = options.deployment(root)
    names = [release] if release else list(Book.read(deployment).views)
    documents = [status(deployment, name) | {"alerts": alerts(office, name, now)} for name in names]
    if refused:
        for document in documents:
            store = deployment.store(str(document["release"]), OPEN_NAMES)
            feeds = store.get_json("ingest.json") if store.has("ingest.json") else {}
            document["refused"] = [row for feed in feeds.values() for row in feed["refusals"]]
    if as_json:
        emit(documents[0] if release else documents)
        return
    if not documents:
        tell([(say("下一步", "next"), "gateway run 2026-10")], title=say("还没有任何批次", "no release yet"))
    for document in documents:
        rows = lines(document)
        for alert in document["alerts"]:
            standing = say(*CLOCKS[Standing(alert["standing"])])
            rows.append((say("提醒", "alert"), f"{alert['title']}：{standing}，{alert['due'] or '—'}"))
        for file, number, column, reason in document.get("refused", []):
            rows.append((say("拒收", "refused"), f"{file}:{number} {column}: {reason}"))
        tell(rows, title=str(document["release"]))


command.__doc__ = say(
    "批次的状态、文件和下一步。例：gateway status；gateway status LGTJ_220300_LHYG_202610_M_R01",
    "A release's state, files and next step. Example: gateway status",
)
