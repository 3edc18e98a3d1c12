"""Typer's own words in Chinese: headings of ``--help``, marks of arguments, and what is wrong with a command line.

Typer asks gettext for a part of its words only and writes the rest as they are, so what it has written is put into
Chinese here, in two places that it offers: the class of a command, and the exception of a usage error. Under another
locale everything stays as Typer writes it."""

import re
import sys
from io import StringIO
from typing import Any

import typer
from typer.core import TyperCommand, TyperGroup

from gateway.base.language import is_chinese

_HELP = (
    (r"^Usage: ", "用法："),
    (r"\[OPTIONS\]", "[选项]"),
    (r"COMMAND \[ARGS\]\.\.\.", "命令 [参数]..."),
    (r"^Arguments:$", "参数："),
    (r"^Options:$", "选项："),
    (r"^Commands:$", "命令："),
    (r"\[required\]", "[必填]"),
    (r"\[default: ", "[默认："),
    (r"; required\]", "；必填]"),
    (r"Show this message and exit\.", "显示本说明"),
)
_USAGE = (
    (r"^Try '(.+)' for help\.$", r"下一步：\1"),
    (r"^Error: ", "错误："),
    (r"Missing argument '(.+?)'\.", r"缺少参数 \1"),
    (r"Missing option '(.+?)'\.", r"缺少选项 \1"),
    (r"Missing command\.", "缺少命令"),
    (r"No such command '(.*?)'\.", r"没有这个命令：\1"),
    (r"No such option: (\S+)", r"没有这个选项：\1"),
    (r"\(Possible options: (.+)\)", r"（是否要用：\1）"),
    (r"Got unexpected extra argument\(s\) \((.+)\)", r"多余的参数：\1"),
    (r"Option '(.+?)' requires an argument\.", r"选项 \1 须跟一个值"),
    (r"Option '(.+?)' requires (\d+) arguments\.", r"选项 \1 须跟 \2 个值"),
    (r"Option '(.+?)' does not take a value\.", r"选项 \1 不跟值"),
    (r"Invalid value for '(.+?)': ", r"\1 的值不对："),
    (r"Invalid value: ", "值不对："),
    (r"Value error, ", ""),
    (r"'(.*?)' is not one of (.+)\.", r"\1 不是其中之一：\2"),
    (r"'(.*?)' does not match the formats? (.+?)\.?$", r"\1 不符合格式 \2"),
    (r"Input should be a valid integer.*", "应为整数"),
    (r"Input should be a valid number.*", "应为数"),
    (r"Input should be a valid boolean.*", "应为 true 或 false"),
    (r"Input should be greater than or equal to (\S+)", r"应不小于 \1"),
    (r"Input should be less than or equal to (\S+)", r"应不大于 \1"),
    (r"Input should be greater than (\S+)", r"应大于 \1"),
    (r"Input should be less than (\S+)", r"应小于 \1"),
)


class Command(TyperCommand):
    """A command whose help is in the reader's language."""

    def get_usage(self, ctx: Any) -> str:
        """The line that says how it is called."""
        return _put(super().get_usage(ctx), _HELP)

    def get_help(self, ctx: Any) -> str:
        """The whole of ``--help``."""
        return _put(super().get_help(ctx), _HELP)


class Group(TyperGroup):
    """A group of commands whose help is in the reader's language."""

    def get_usage(self, ctx: Any) -> str:
        """The line that says how it is called."""
        return _put(super().get_usage(ctx), _HELP)

    def get_help(self, ctx: Any) -> str:
        """The whole of ``--help``."""
        return _put(super().get_help(ctx), _HELP)


def in_our_words(app: typer.Typer) -> None:
    """Makes all commands and groups below ``app`` speak the reader's language."""
    app.info.cls = Group
    for command in app.registered_commands:
        command.cls = Command
    for below in app.registered_groups:
        if below.typer_instance is not None:
            in_our_words(below.typer_instance)


def tell_usage(error: typer.TyperException) -> int:
    """Tells on stderr what is wrong with the command line and where its help is; the exit code."""
    told = StringIO()
    show: Any = getattr(error, "show", None)
    if show is None:
        told.write(f"Error: {error}\n")
    else:
        show(told)  # a bare group shows its help on stderr by itself
    text = told.getvalue()
    if text.startswith("Error: "):  # found before it was known which command it is
        text = f"Try 'gateway --help' for help.\n\n{text}"
    sys.stderr.write(_put(text, _USAGE))
    return error.exit_code


def _put(text: str, words: tuple[tuple[str, str], ...]) -> str:
    if is_chinese():
        for english, chinese in words:
            text = re.sub(english, chinese, text, flags=re.MULTILINE)
    return text
