"""``gateway agreement``: the terms as a person would read them. Loads no engine."""

from typing import Annotated

import typer

from gateway.base.language import say
from gateway.cli import options
from gateway.cli.output import emit, tell

app = typer.Typer(
    help=say("协议：查看条款与本月事项。", "Agreements: the terms, and this month."), no_args_is_help=True
)

Name = Annotated[str | None, typer.Argument(help=say("协议 id；省略则为主协议", "its id; the main one when left out"))]
Words = Annotated[bool, typer.Option("--words", help=say("附上合同原文", "with the contract's own words"))]


@app.callback()
def group() -> None:
    """So that ``show`` stays a command of its own."""


@app.command(
    "show",
    help=say(
        "协议内容与本月事项。例：gateway agreement show --words",
        "The terms and what they mean for this month. Example: gateway agreement show --words",
    ),
)
def show(
    agreement: Name = None, words: Words = False, root: options.Root = options.HERE, as_json: options.Json = False
) -> None:
    """Shows an agreement."""
    from gateway.release.terms.portrait import portrait

    now, office = options.now(), options.office(root)
    terms = office.agreement(agreement) if agreement else office.terms
    sections = portrait(office, terms, now)
    if as_json:
        shown = [
            {"section": s.title, "lines": [{"label": a, "text": b, "clause": c} for a, b, c in s.lines]}
            for s in sections
        ]
        emit({"agreement": terms.id, "title": say(terms.title.zh, terms.title.en), "sections": shown})
        return
    tell([], title=say(terms.title.zh, terms.title.en))
    for section in sections:
        rows = [
            (f"{clause:<6}", " · ".join(part for part in (label, text) if part))
            for label, text, clause in section.lines
        ]
        tell(rows, title=f"\n{section.title}")
    if words:
        tell(list(terms.clauses.items()), title=f"\n{say('合同原文', 'the words of the contract')}")


show.__doc__ = say("协议内容与本月事项。", "The terms and what they mean for this month.")
