"""``gateway custody``: material that is held for others. Each command names who gives it (``--as``) and is recorded."""

from collections.abc import Callable

import typer

from gateway.base.language import say
from gateway.cli.custody import answers, cases, ends, material, people

COMMANDS: dict[str, Callable[..., None]] = {
    **material.COMMANDS,
    **people.COMMANDS,
    **ends.COMMANDS,
    **cases.COMMANDS,
    **answers.COMMANDS,
}
"""A command's name and its function, in the order of a holding's life."""

app = typer.Typer(
    help=say(
        "保管他人材料：收集、查阅、交接、销毁、事项、报告。",
        "Material held for others: collected, seen, handed over, destroyed; cases and reports.",
    ),
    no_args_is_help=True,
)
for _name, _command in COMMANDS.items():
    app.command(_name)(_command)
