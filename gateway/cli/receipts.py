"""``gateway receipts``: fetch and register the receiver's receipts."""

from gateway.base.language import say
from gateway.cli import options
from gateway.cli.output import emit, tell
from gateway.cli.run import lines


def command(root: options.Root = options.HERE, as_json: options.Json = False) -> None:
    """Fetches receipts."""
    from gateway.release.sending.receipts import disposition, fetch_receipts
    from gateway.release.upkeep.status import status

    deployment = options.deployment(root)
    documents = [
        status(deployment, view.release) | {"disposition": disposition(deployment, view.release)}
        for view in fetch_receipts(deployment, options.now())
    ]
    if as_json:
        emit(documents)
        return
    if not documents:
        tell([], title=say("没有新的回执", "no new receipt"))
    for document in documents:
        rows = [*lines(document), (say("对方处理结果", "disposition"), document["disposition"])]
        tell(rows, title=str(document["release"]))


command.__doc__ = say(
    "取回并登记接收方的回执。例：gateway receipts", "Fetch and register receipts. Example: gateway receipts"
)
