"""Code lists and their hierarchies."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from functools import cached_property

from gateway.base.errors import ConfigurationError

REST = "_U"
"""Ending of the code of what is not broken down further."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Node:
    """One code: its wording, its level's name, and the code above it (None at the top)."""

    code: str
    label: str
    label_en: str
    level: str
    parent: str | None


@dataclass(frozen=True, kw_only=True)
class Hierarchy:
    """A tree of codes under one top.

    ``levels`` from the top down. A code's level decides where it stands; a node's parent is at some level above."""

    name: str
    levels: tuple[str, ...]
    nodes: tuple[Node, ...]
    edition: str = ""
    _by_code: dict[str, Node] = field(init=False, repr=False, compare=False, default_factory=dict)

    def __post_init__(self) -> None:
        for node in self.nodes:
            if node.code in self._by_code:
                raise ConfigurationError(
                    f"代码表 {self.name}:代码 {node.code} 重复", f"code list {self.name}: {node.code} stands twice"
                )
            self._by_code[node.code] = node
        tops = [node for node in self.nodes if node.parent is None]
        orphans = [n.code for n in self.nodes if n.parent is not None and n.parent not in self._by_code]
        if len(tops) != 1 or orphans:
            raise ConfigurationError(
                f"代码表 {self.name}:必须有唯一的顶层，且每个上级代码都存在",
                f"code list {self.name}: needs exactly one top, and every parent must be listed",
            )

    def __contains__(self, code: object) -> bool:
        return code in self._by_code

    def __getitem__(self, code: str) -> Node:
        return self._by_code[code]

    @cached_property
    def top(self) -> Node:
        """The root."""
        return next(node for node in self.nodes if node.parent is None)

    @cached_property
    def order(self) -> dict[str, int]:
        """Each code's place in the list, for sorting rows as a reader expects."""
        return {node.code: place for place, node in enumerate(self.nodes)}

    def at(self, levels: Iterable[str]) -> list[Node]:
        """The nodes of these levels, in the list's order."""
        wanted = set(levels)
        return [node for node in self.nodes if node.level in wanted]

    def ancestor(self, code: str, level: str) -> str | None:
        """The code at ``level`` at or above ``code``, or None when it has none there."""
        node: Node | None = self._by_code[code]
        while node is not None and node.level != level:
            node = self._by_code[node.parent] if node.parent is not None else None
        return node.code if node else None

    def shown(self, code: str, levels: tuple[str, ...]) -> list[str]:
        """The codes of ``levels`` under which a record with ``code`` counts: its ancestors and itself, and below the
        level that the record carries the "not stated" child, where the list has one."""
        codes = [found for level in levels if (found := self.ancestor(code, level)) is not None]
        rest = self._by_code.get(code + REST)
        return [*codes, rest.code] if rest is not None and rest.level in levels else codes

    def up(self, code: str, levels: tuple[str, ...]) -> str | None:
        """The nearest code strictly above ``code`` whose level is among ``levels``, or None at the top."""
        parent = self._by_code[code].parent
        while parent is not None and self._by_code[parent].level not in levels:
            parent = self._by_code[parent].parent
        return parent
