"""``gateway review``: what a data steward looks at, and how to approve it."""

import json
from collections import Counter
from pathlib import Path
from typing import Any

from gateway.base.language import say
from gateway.cli import options
from gateway.cli.output import emit, tell


def command(release: options.Release, root: options.Root = options.HERE, as_json: options.Json = False) -> None:
    """Shows what is up for approval."""
    from gateway.release.upkeep.status import status

    document = status(options.deployment(root), release)
    files = document["files"]
    sign = f"ssh-keygen -Y sign -n release-approval -f KEY {files['statement']}"
    commands = [f"gateway export {release}", sign, f"gateway approve {release} {files['statement']}.sig"]
    secret = f"gateway export {release} --secret --as …"
    if as_json:
        emit({**document, "commands": commands, "secret": secret})
        return
    certificate = json.loads(Path(files["privacy"]).read_text("utf-8")) if files["privacy"] else {}
    rows = [
        (say("检验报告", "validation report"), str(files["report"])),
        (say("个人信息证书", "privacy certificate"), f"{files['privacy']} · {names_cleared(certificate)}"),
        (say("签批单", "statement"), str(files["statement"])),
        (say("查看工作簿", "see the workbook"), commands[0]),
        (say("隐去了什么、为什么", "what is withheld, and why"), secret),
        (say("签名", "sign"), commands[1]),
        (say("批准", "approve"), commands[2]),
        (say("退回", "return"), f"gateway return {release} --reason …"),
    ]
    tell(rows, title=release)


def names_cleared(certificate: dict[str, Any]) -> str:
    """How many names of the source occur in the files and were cleared, and why."""
    source = certificate.get("source") or {}
    counted: Counter[str] = Counter()
    for column in source.get("columns", ()):
        counted.update(column.get("cleared", {}))
    return say(
        f"与来源姓名相同而放行：固定文字 {counted['declared']} 个，较长词语之中 {counted['inside']} 个",
        f"names of the source that were cleared: in declared wording {counted['declared']}, within longer words "
        f"{counted['inside']}",
    )


command.__doc__ = say(
    "数据审核员签批前查看：检验报告、签批单、批准的命令。例：gateway review LGTJ_…_R01",
    "What a data steward looks at before approving, and the commands. Example: gateway review LGTJ_…_R01",
)
