"""A Python file's text -> its write sites, family by family."""

from __future__ import annotations

from typing import TYPE_CHECKING

from releasegate.appcode import postgrest, python_sql

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from releasegate.appcode.contract import Contract
    from releasegate.appcode.module import Module
    from releasegate.appcode.sites import Found

    Importers = Callable[[], Sequence[Module]]

FAMILIES = (python_sql.sites, postgrest.sites)


def sites(module: Module, contract: Contract, importers: Importers) -> tuple[Found, ...]:
    """Find every write site, each once, in the order of the file.

    ``importers`` gives the files that may run this one's SQL; they are asked for when needed.
    """
    found = [item for family in FAMILIES for item in family(module, contract, importers)]
    unique: list[Found] = []
    for item in found:
        if item not in unique:
            unique.append(item)
    return tuple(sorted(unique, key=lambda item: (item.site.line, item.site.table)))
