"""``gateway deliver``: seal, search the sealed bytes, send with proof."""

import random
import time
from collections.abc import Callable
from typing import TYPE_CHECKING, Annotated

import typer

from gateway.base.language import say
from gateway.cli import options
from gateway.cli.output import emit, progress_bar, tell
from gateway.cli.run import lines

if TYPE_CHECKING:
    from gateway.release.site.deployment import Deployment


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
    until_due: Annotated[
        bool,
        typer.Option("--until-due", help=say("无人值守：重试到期限，再告警", "unattended: try until due, alert")),
    ] = False,
    root: options.Root = options.HERE,
    as_json: options.Json = False,
) -> None:
    """Seals and sends."""
    from gateway.release.sending.delivering import Word
    from gateway.release.sending.outage import deliver_in_time, deliver_once
    from gateway.release.upkeep.status import status

    if again + taken + until_due > 1:
        raise typer.BadParameter(say("--again、--taken、--until-due 只能选一个", "choose one of the three options"))
    deployment, chance = options.deployment(root), random.SystemRandom().random
    with progress_bar() as progress:
        if until_due:
            deliver_in_time(
                deployment, release, options.now, progress, sleep=time.sleep, random=chance, tell=_teller(deployment)
            )
        else:
            word = Word.AGAIN if again else Word.TAKEN if taken else None
            deliver_once(deployment, release, options.now, progress, sleep=time.sleep, random=chance, word=word)
    document = status(deployment, release)
    if as_json:
        emit(document)
    else:
        tell(lines(document), title=release)


def _teller(deployment: "Deployment") -> Callable[[str, str], None]:
    """To standard error, which a timer's service keeps, and to the channels that are set up."""
    from gateway.release.terms.messages import addresses, send

    def tell(title: str, text: str) -> None:
        typer.echo(f"{title}\n{text}", err=True)
        if channels := addresses(deployment.keyring):
            send(channels, title, text)

    return tell


command.__doc__ = say(
    "封装、检查封装后的内容、推送并核对。例：gateway deliver LGTJ_…_R01",
    "Seal, search the sealed bytes, send and prove. Example: gateway deliver LGTJ_…_R01",
)
