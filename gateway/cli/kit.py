"""``gateway kit``: what the bureau gets, to receive without installing anything."""

from pathlib import Path
from typing import Annotated

import typer

from gateway.base.language import say
from gateway.cli import options
from gateway.cli.output import emit, tell


def command(
    out: Annotated[Path, typer.Option(help=say("写到哪个目录", "where to"))] = Path("kit"),
    root: options.Root = options.HERE,
    as_json: options.Json = False,
) -> None:
    """Writes the bureau's kit."""
    from gateway.base.canonical import digests
    from gateway.base.files import write_atomic
    from gateway.kit.build import BATCH, NAME, instruction, kit
    from gateway.release.sending.managers import managers

    deployment, program = options.deployment(root), kit()
    deployment.allowed_signers()
    terms = deployment.terms
    recipients = tuple(recipient.id for recipient in managers(deployment, options.now()))
    files = {
        NAME: program,
        "receive.cmd": BATCH.encode("ascii"),
        "接收说明.html": instruction(terms.platform.sender, recipients, terms.stewards, program),
        "allowed_signers": deployment.allowed_signers_path.read_bytes(),
    }
    for name, data in files.items():
        write_atomic(out / name, data)
    found = digests(program)
    if as_json:
        emit({"kit": str(out), "files": [str(out / name) for name in files], **found})
        return
    rows = [(say("文件", "file"), str(out / name)) for name in files]
    rows += [("SHA-256", found["sha256"]), ("SM3", found["sm3"])]
    tell(rows, title=say("接收方工具包：摘要请用电话核对", "the bureau's kit: compare the digest by telephone"))


command.__doc__ = say(
    "生成接收方工具包：一个文件的接收程序、一页说明、签名人名单。例：gateway kit --out 工具包",
    "Write the bureau's kit: a one-file program, a one-page instruction, allowed_signers. Example: gateway kit",
)
