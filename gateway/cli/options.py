"""Options that several commands share, and what they load."""

from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from gateway.base.errors import InputError
from gateway.base.language import say
from gateway.model.period import ZONE, Period

if TYPE_CHECKING:
    from gateway.release.site.deployment import Deployment
    from gateway.release.site.office import Office

Json = Annotated[bool, typer.Option("--json", help=say("只输出一个 JSON 文档", "print one JSON document"))]
Root = Annotated[Path, typer.Option("--dir", "-C", help=say("部署目录", "the deployment's folder"))]
Release = Annotated[str, typer.Argument(help=say("批次号", "the release, e.g. LGTJ_220300_LHYG_202610_M_R01"))]
Month = Annotated[
    str, typer.Argument(help=say("数据所属月份，如 2026-10", "the month the data are about, e.g. 2026-10"))
]
Reason = Annotated[str, typer.Option("--reason", help=say("原因（不得含数据）", "why; it may hold no data"))]

HERE = Path()


def now() -> datetime:
    """This moment in Asia/Shanghai."""
    return datetime.now(ZONE)


def period(text: str) -> Period:
    """The month that the command line names. Raises BadParameter: a usage error."""
    try:
        return Period.parse(text)
    except InputError as error:
        raise typer.BadParameter(str(error)) from error


def deployment(root: Path) -> "Deployment":
    """The deployment in ``root``. Raises ConfigurationError."""
    from gateway.release.site.deployment import load_deployment

    return load_deployment(root, now())


def office(root: Path) -> "Office":
    """The terms of the deployment in ``root``, without loading any engine. Raises ConfigurationError."""
    from gateway.release.site.office import load_office

    return load_office(root, now())
