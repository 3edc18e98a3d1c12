"""``gateway rehearse``: a dry package to the inbox and back."""

from gateway.base.language import say
from gateway.cli import options
from gateway.cli.output import emit, progress_bar, tell


def command(root: options.Root = options.HERE, as_json: options.Json = False) -> None:
    """Rehearses a delivery."""
    from gateway.release.sending.rehearsal import rehearse

    with progress_bar() as progress:
        done = rehearse(options.deployment(root), options.now(), progress)
    if as_json:
        emit({"server": done.server, "bytes": done.bytes, "sha256": done.sha256, "valid": True})
        return
    rows = [
        (say("服务器", "server"), done.server),
        (say("往返", "there and back"), say(f"{done.bytes} 字节，摘要一致", f"{done.bytes} bytes, digests equal")),
        (say("清理", "left behind"), say("演练文件已删除", "nothing: the rehearsal's files are removed")),
    ]
    tell(rows, title=say("演练成功", "the rehearsal went well"))


command.__doc__ = say(
    "发送一个不含数据的演练包并取回核对。例：gateway rehearse",
    "Send a package without data to the inbox, fetch it back, check it. Example: gateway rehearse",
)
