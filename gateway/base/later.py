"""Libraries that are imported when they are first used, not when the file that names them is: a stage's libraries are
not held by the stages before it (scipy: 27 MB and a fifth of a second)."""

import importlib
from types import ModuleType
from typing import Any


class Later(ModuleType):
    """Stands for a module; the real one is imported on first use."""

    def __getattr__(self, name: str) -> Any:
        return getattr(importlib.import_module(self.__name__), name)


class Absent(ModuleType):
    """Stands for a module of a library that imports it to show its names, where nothing of it is ever made: whatever is
    asked of it is a class of that name which does nothing."""

    def __getattr__(self, name: str) -> Any:
        if name.startswith("__"):
            raise AttributeError(name)
        found = type(name, (), {})
        setattr(self, name, found)
        return found


def later(name: str) -> Any:
    """The module ``name``, imported on first use. Raises ImportError then, if it is not installed."""
    return Later(name)


_UNUSED = ("f2py", "testing", "ma", "polynomial")


def lean_numpy() -> None:
    """scipy and others look at everything that numpy has, and so load its reader of Fortran and its tools for tests: 8
    MB and 90 modules. After this, such parts are there by name and load when something of them is used."""
    import numpy

    for name in _UNUSED:
        vars(numpy).setdefault(name, Later(f"numpy.{name}"))
