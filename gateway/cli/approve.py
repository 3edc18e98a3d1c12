"""``gateway approve``: a data steward's signature over the statement."""

from pathlib import Path
from typing import Annotated

import typer

from gateway.base.language import say
from gateway.cli import options
from gateway.cli.output import emit, tell
from gateway.cli.run import lines


def command(
    release: options.Release,
    signature: Annotated[
        Path, typer.Argument(help=say("ssh-keygen -Y sign 对签批单的签名文件", "the signature file over the statement"))
    ],
    root: options.Root = options.HERE,
    as_json: options.Json = False,
) -> None:
    """Records an approval."""
    from gateway.base.errors import InputError
    from gateway.release.review.approving import approve
    from gateway.release.upkeep.status import status

    if not signature.is_file():
        raise InputError("没有这个签名文件", "no such signature file", next=f"gateway review {release}")
    deployment = options.deployment(root)
    approve(deployment, release, signature.read_text(encoding="ascii", errors="replace"), options.now())
    document = status(deployment, release)
    if as_json:
        emit(document)
    else:
        tell(lines(document), title=release)


command.__doc__ = say(
    "登记一名数据审核员的批准。例：gateway approve LGTJ_…_R01 statement.json.sig",
    "Record a data steward's approval. Example: gateway approve LGTJ_…_R01 statement.json.sig",
)
