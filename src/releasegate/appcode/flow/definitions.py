"""A module-level name -> what gives it its value, through imports and re-exports."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from releasegate.appcode.source.bindings import Binding
    from releasegate.appcode.source.module import Module

#: so many files may hand a name on, each by an import
MAX_IMPORTS = 6


def definitions(module: Module, name: str, depth: int = 0) -> tuple[tuple[Module, Binding], ...]:
    """Find what gives a module-level name its value, through imports and re-exports."""
    found: list[tuple[Module, Binding]] = []
    for binding in module.of_module(name):
        if binding.imported is None:
            found.append((module, binding))
        elif depth < MAX_IMPORTS:
            found.extend(taken_from(module, binding.imported, depth))
    if found or depth >= MAX_IMPORTS:
        return tuple(found)
    stars = [item for item in module.of_module("*") if item.imported]
    listed = (
        taken_from(module, (star.imported[0], name), depth) for star in stars if star.imported
    )
    return tuple(item for part in listed for item in part)


def taken_from(
    module: Module, imported: tuple[str, str], depth: int
) -> tuple[tuple[Module, Binding], ...]:
    there = module.project.find(module.path, imported[0])
    if there is None or there is module or not imported[1]:
        return ()
    return definitions(there, imported[1], depth + 1)
