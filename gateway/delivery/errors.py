"""How a transfer fails: the line (worth trying again); the host's key, the login, the server's answer (not worth it).

All are TransferError, so a caller that does not care sees one kind. No wording of the server is repeated: it is not
ours, and might hold anything."""

from enum import IntEnum

from gateway.base.errors import TransferError


class Status(IntEnum):
    """SFTP version 3 status codes (draft-ietf-secsh-filexfer-02, section 7); a code of later versions reads FAILURE."""

    OK = 0
    EOF = 1
    NO_SUCH_FILE = 2
    PERMISSION_DENIED = 3
    FAILURE = 4
    BAD_MESSAGE = 5
    NO_CONNECTION = 6
    CONNECTION_LOST = 7
    UNSUPPORTED = 8

    @classmethod
    def _missing_(cls, value: object) -> "Status":
        return cls.FAILURE


_STATUS = {
    Status.OK: ("成功", "done"),
    Status.EOF: ("文件已到末尾", "end of file"),
    Status.NO_SUCH_FILE: ("文件或文件夹不存在", "no such file or folder"),
    Status.PERMISSION_DENIED: ("权限不足", "permission denied"),
    Status.FAILURE: ("操作失败(服务器未说明原因)", "failed, the server gives no reason"),
    Status.BAD_MESSAGE: ("请求格式不被接受", "the request was not understood"),
    Status.NO_CONNECTION: ("服务器无连接", "no connection at the server"),
    Status.CONNECTION_LOST: ("服务器连接丢失", "connection lost at the server"),
    Status.UNSUPPORTED: ("服务器不支持此操作", "not supported by the server"),
}

NOTHING_PUBLISHED = (
    "正式文件名未出现，未覆盖任何文件；已传部分可续传",
    "the final name did not appear and nothing was overwritten; what was sent can be resumed",
)
AGAIN = ("再次运行同一命令，从断点继续", "run the same command again: it goes on where it stopped")
DOCTOR = "gateway doctor"


class LinkError(TransferError):
    """The line failed: refused, cut, frozen, or not speaking SSH or SFTP. The only kind that is tried again."""

    def __init__(self, zh: str, en: str) -> None:
        super().__init__(zh, en, safe=NOTHING_PUBLISHED, next=AGAIN)


class HostKeyError(TransferError):
    """The server's host key is not the one that is pinned. Nothing was sent, not even the user's name.

    ``shown`` and ``pinned``: fingerprints, ``SHA256:…``; public, like the keys."""

    def __init__(self, zh: str, en: str, *, shown: str, pinned: tuple[str, ...]) -> None:
        super().__init__(
            zh,
            en,
            safe=("未登录，未发送任何内容", "not logged in, nothing was sent"),
            next=(
                "用电话向市局核对指纹；确认无误后由管理员更新 known_hosts",
                "check the fingerprint with the bureau by telephone; if it is right, an administrator updates "
                "known_hosts",
            ),
        )
        self.shown, self.pinned = shown, pinned


class LoginError(TransferError):
    """The server does not accept the user with this key."""


class ContentError(TransferError):
    """What lies on the server is not what was sent, or another file already has the name. Nothing was overwritten."""

    def __init__(self, zh: str, en: str, *, next: tuple[str, str] | str = DOCTOR) -> None:
        super().__init__(zh, en, safe=NOTHING_PUBLISHED, next=next)


class SpaceError(TransferError):
    """The server's disk is too full: ``needed`` bytes are still to be written, ``free`` are free."""

    def __init__(self, needed: int, free: int) -> None:
        super().__init__(
            f"服务器磁盘空间不足：还需 {needed} 字节，可用 {free} 字节",
            f"the server's disk is too full: {needed} bytes are needed, {free} are free",
            safe=NOTHING_PUBLISHED,
            next=(
                "请市局清理磁盘后，再次运行同一命令",
                "ask the bureau to free space, then run the same command again",
            ),
        )


class RefusedError(TransferError):
    """The server answered ``status`` to one operation on ``path``."""

    def __init__(self, operation: tuple[str, str], path: str, status: Status) -> None:
        zh, en = _STATUS[status]
        super().__init__(
            f"服务器拒绝{operation[0]} {path}:{zh}",
            f"the server refused to {operation[1]} {path}: {en}",
            safe=NOTHING_PUBLISHED,
            next=DOCTOR,
        )
        self.status = status
