"""``gateway clear``: let findings of the tier MEDIUM pass, by a steward's signature and with a reason."""

from collections import Counter
from pathlib import Path
from typing import Annotated

import typer

from gateway.base.errors import InputError
from gateway.base.language import say
from gateway.cli import options
from gateway.cli.output import emit, tell


def command(
    release: options.Release,
    signature: Annotated[
        Path | None,
        typer.Argument(
            help=say("数据审核员对放行的签名文件；省略则先写出放行", "the steward's signature; without it, the draft")
        ),
    ] = None,
    reason: Annotated[
        str | None, typer.Option("--reason", help=say("原因（不得含数据）", "why; it may hold no data"))
    ] = None,
    root: options.Root = options.HERE,
    as_json: options.Json = False,
) -> None:
    """Proposes or records a clearance."""
    from gateway.cli.run import lines
    from gateway.release.build.clearing import clear, findings, propose
    from gateway.release.upkeep.status import status

    if (signature is None) == (reason is None):
        raise typer.BadParameter(
            say(
                "先用 --reason 写出放行，再给出签名文件",
                "first --reason, which writes the clearance; then its signature",
            )
        )
    deployment = options.deployment(root)
    if signature is not None:
        try:
            armored = signature.read_text(encoding="ascii", errors="replace")
        except OSError as error:
            raise InputError(f"{signature.name} 无法读取", f"{signature.name} can't be read") from error
        clear(deployment, release, armored, options.now())
        document = status(deployment, release)
        emit(document) if as_json else tell(lines(document), title=release)
        return
    path = propose(deployment, release, str(reason))
    commands = [f"ssh-keygen -Y sign -n release-approval -f KEY {path}", f"gateway clear {release} {path}.sig"]
    found = findings(deployment, release)
    places = [{key: f[key] for key in ("entity", "tier", "file", "location")} for f in found]
    if as_json:
        emit({"clearance": str(path), "findings": places, "commands": commands})
        return
    counts = Counter((f["tier"], f["entity"]) for f in found)
    rows = [(f"{tier} {entity}", str(number)) for (tier, entity), number in sorted(counts.items())]
    rows += [(f["entity"], f"{f['file']} {f['location']}") for f in places[:20]]
    tell([*rows, (say("签名", "sign"), commands[0]), (say("登记", "record"), commands[1])],
         title=say("待数据审核员签署", "to be signed by a data steward"))  # fmt: skip


command.__doc__ = say(
    "放行中等级的疑似个人信息：先写出放行并说明原因，再登记审核员的签名。例：gateway clear 批次号 --reason 岗位编号",
    "Let MEDIUM findings pass: --reason writes what a steward signs, the signature is recorded. "
    "Example: gateway clear RELEASE --reason 'posting numbers'",
)
