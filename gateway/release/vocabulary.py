"""The words that a package may hold by declaration: code lists, titles, definitions, the agreement's wordings.

The privacy stage clears a text by membership here, never by where it stands."""

from collections.abc import Iterator
from typing import Any

from pydantic import BaseModel

from gateway.release.deployment import Deployment


def vocabulary_of(deployment: Deployment) -> frozenset[str]:
    """Every declared wording and code."""
    words: set[str] = set()
    for hierarchy in deployment.hierarchies.values():
        words |= {text for node in hierarchy.nodes for text in (node.code, node.label, node.label_en)}
    terms = deployment.terms
    declared: list[Any] = [*deployment.tables, terms.title, terms.publication, terms.parties, terms.area, terms.scope]
    for declaration in declared:
        words.update(_texts(declaration))
    return frozenset(word for word in words if word)


def _texts(value: Any) -> Iterator[str]:
    if isinstance(value, str):
        yield value
    elif isinstance(value, BaseModel):
        for name in type(value).model_fields:
            yield from _texts(getattr(value, name))
    elif isinstance(value, tuple):
        for item in value:
            yield from _texts(item)
