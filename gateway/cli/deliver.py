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
        typer.Option("--again", help=say("市局未收到：不在的再发一次", "the bureau lacks it: send again")),
    ] = False,
    taken: Annotated[
        bool,
        typer.Option("--taken", help=say("市局已收到：不再发", "the bureau has it: go on after it")),
    ] = False,
    root: options.Root = options.HERE,
    as_json: options.Json = False,
) -> None:
    """Seals and sends."""
    from gateway.release.delivering import Word, deliver
    from gateway.release.status import status

    if again and taken:
        raise typer.BadParameter(say("--again 与 --taken 只能选一个", "--again and --taken exclude each other"))
    deployment = options.deployment(root)
    with progress_bar() as progress:
        deliver(
            deployment,
            release,
            options.now,
            progress,
            sleep=time.sleep,
            random=random.SystemRandom().random,
            word=Word.AGAIN if again else Word.TAKEN if taken else None,
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
