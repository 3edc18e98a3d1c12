"""``gateway deliver``: seal, search the sealed bytes, send with proof."""

import random
import time
from typing import Annotated

import typer

from gateway.base.language import say
from gateway.cli import options
from gateway.cli.output import emit, progress_bar, tell
from gateway.cli.run import lines


def command(
    release: options.Release,
    again: Annotated[
        bool,
        typer.Option("--again", help=say("已送达的文件若已不在，再发一次", "send a proved file again if it is gone")),
    ] = False,
    root: options.Root = options.HERE,
    as_json: options.Json = False,
) -> None:
    """Seals and sends."""
    from gateway.release.delivering import deliver
    from gateway.release.status import status

    deployment = options.deployment(root)
    with progress_bar() as progress:
        deliver(
            deployment,
            release,
            options.now,
            progress,
            sleep=time.sleep,
            random=random.SystemRandom().random,
            again=again,
        )
    document = status(deployment, release)
    if as_json:
        emit(document)
    else:
        tell(lines(document), title=release)


command.__doc__ = say(
    "封装、检查封装后的内容、推送并核对。例：gateway deliver LGTJ_…_R01",
    "Seal, search the sealed bytes, send and prove. Example: gateway deliver LGTJ_…_R01",
)
