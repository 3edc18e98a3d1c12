"""``gateway review``: what a data steward looks at, and how to approve it."""

from gateway.base.language import say
from gateway.cli import options
from gateway.cli.output import emit, tell


def command(release: options.Release, root: options.Root = options.HERE, as_json: options.Json = False) -> None:
    """Shows what is up for approval."""
    from gateway.release.status import status

    document = status(options.deployment(root), release)
    files = document["files"]
    sign = f"ssh-keygen -Y sign -n release-approval -f KEY {files['statement']}"
    commands = [f"gateway export {release}", sign, f"gateway approve {release} {files['statement']}.sig"]
    if as_json:
        emit({**document, "commands": commands})
        return
    rows = [
        (say("检验报告", "validation report"), str(files["report"])),
        (say("签批单", "statement"), str(files["statement"])),
        (say("查看工作簿", "see the workbook"), commands[0]),
        (say("签名", "sign"), commands[1]),
        (say("批准", "approve"), commands[2]),
        (say("退回", "return"), f"gateway return {release} --reason …"),
    ]
    tell(rows, title=release)


command.__doc__ = say(
    "数据审核员签批前查看：检验报告、签批单、批准的命令。例：gateway review LGTJ_…_R01",
    "What a data steward looks at before approving, and the commands. Example: gateway review LGTJ_…_R01",
)
