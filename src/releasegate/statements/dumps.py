"""A dump as pg_dump writes it -> the same text with nothing in it but SQL."""

from __future__ import annotations

import re

#: psql's own commands, such as \restrict, on lines of their own
_COMMAND = re.compile(r"^\\[^\n]*$", re.MULTILINE)
#: COPY ... FROM stdin; and its rows to the closing \.
_ROWS = re.compile(
    r"^(?P<copy>COPY [^;\n]* FROM stdin[^;\n]*;)\n(?P<rows>.*?)^\\\.$",
    re.MULTILINE | re.DOTALL | re.IGNORECASE,
)


def plain_sql(text: str) -> str:
    """Blank out psql's commands and COPY's rows; every line keeps its number."""
    text = _ROWS.sub(lambda match: "\n" * match.group().count("\n"), text)
    return _COMMAND.sub("", text.replace("\r\n", "\n").removeprefix("\ufeff"))
