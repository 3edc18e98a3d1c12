"""Arguments that custody's commands share, and how they answer."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from gateway.base.errors import InputError
from gateway.base.language import say
from gateway.cli import options
from gateway.cli.output import emit, tell
from gateway.model.period import ZONE

if TYPE_CHECKING:
    from gateway.custody import Holding, Stay

As = Annotated[str, typer.Option("--as", help=say("以协议所列哪一人员的身份", "as which person of the agreement"))]
AgreementName = Annotated[str, typer.Argument(help=say("协议编号，如 hardship-000", "an agreement, e.g. hardship-000"))]
HoldingName = Annotated[str, typer.Argument(help=say("保管号", "the holding's id"))]
PersonName = Annotated[str, typer.Argument(help=say("人员编号", "a person's id"))]
Paper = Annotated[Path, typer.Argument(help=say("文书文件，只记摘要", "a paper's file; its digest is recorded"))]
Document = Annotated[Path, typer.Argument(help=say("所签文件", "the document that was signed"))]
Signature = Annotated[Path, typer.Argument(help=say("ssh-keygen -Y sign 的签名文件", "its ssh-keygen -Y sign file"))]
At = Annotated[
    datetime | None, typer.Option(help=say("发生时刻（北京时间），省略为现在", "when it happened (Asia/Shanghai); now"))
]
PaperCopies = Annotated[int, typer.Option("--paper", min=0, help=say("纸质份数", "copies on paper that go with it"))]


@contextmanager
def stay(root: Path, person: str) -> "Iterator[Stay]":
    """A command's stay in the custody room."""
    from gateway.release.upkeep.custody import custody_room

    now = options.now()
    with custody_room(root, now).stay(person, now) as found:
        yield found


def moment(stay: "Stay", at: datetime | None) -> datetime:
    """The time that was given, in Asia/Shanghai, or the command's own."""
    return at.replace(tzinfo=ZONE) if at else stay.now


def data(path: Path) -> bytes:
    """A file's content. Raises InputError."""
    if not path.is_file():
        raise InputError(f"{path}：没有这个文件", f"{path}: no such file")
    return path.read_bytes()


def text(path: Path) -> str:
    """A signature's text."""
    return data(path).decode("ascii", errors="replace")


def show(holding: "Holding", as_json: bool, **more: Any) -> None:
    """A holding, as the ledger has it now."""
    document = as_document(holding) | more
    if as_json:
        emit(document)
        return
    zh, en = holding.state.wording
    rows = [
        (say("状态", "state"), say(zh, en)),
        (say("用途", "purpose"), holding.purpose),
        (say("材料", "material"), f"{holding.material} · {holding.subject}"),
        (say("文件", "files"), f"{holding.stored.files} · {holding.stored.size} B"),
        (say("明文原件", "plain copy"), say("已删除", "removed") if holding.cleared else say("仍在", "still there")),
        *((key, str(value)) for key, value in more.items()),
    ]
    tell(rows, title=holding.id)


def as_document(holding: "Holding") -> dict[str, Any]:
    """The stable shape of a holding in ``--json``."""
    return {
        "holding": holding.id,
        "agreement": holding.agreement,
        "state": holding.state.value,
        "purpose": holding.purpose,
        "material": holding.material,
        "classes": [row.value for row in holding.classes],
        "subject": holding.subject,
        "keeper": holding.by,
        "since": holding.since.isoformat(),
        "files": holding.stored.files,
        "cleared": holding.cleared,
        "ended": [row.event for row in holding.ended],
        "gone": holding.gone.isoformat() if holding.gone else None,
    }


def done(title: str, as_json: bool, **facts: Any) -> None:
    """A few facts."""
    if as_json:
        emit(facts)
    else:
        tell([(key, str(value)) for key, value in facts.items()], title=title)
