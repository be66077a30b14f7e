"""Python of a newer version than ours -> the same program, in words that our parser knows.

Line numbers stay; type parameters, which say nothing of what is written to a table, go.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import tree_sitter_python
from tree_sitter import Language, Parser

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tree_sitter import Node

Edit = tuple[int, int, bytes]
_OPENING = re.compile(rb"(?i)([a-z]*)('''|\"\"\"|'|\")")


def mended(text: str) -> str:
    """Rewrite what came after Python 3.11: PEP 695, 701, 750 and 758."""
    content = text.encode()
    tree = Parser(Language(tree_sitter_python.language())).parse(content)
    edits = [edit for node in _walk(tree.root_node) for edit in _edits(node, content)]
    taken = len(content)
    for start, end, new in sorted(edits, reverse=True):
        if end <= taken:
            content = content[:start] + new + content[end:]
            taken = start
    return content.decode()


def _walk(root: Node) -> Iterator[Node]:
    stack = [root]
    while stack:
        node = stack.pop()
        yield node
        stack.extend(node.children)


def _edits(node: Node, content: bytes) -> Iterator[Edit]:
    if node.type == "type_parameter" and node.parent and node.parent.type != "generic_type":
        lines = content[node.start_byte : node.end_byte].count(b"\n")
        yield node.start_byte, node.end_byte, b"\\\n" * lines
    if node.type == "type_alias_statement":
        yield from _alias(node)
    if node.type == "except_clause":
        yield from _bare_tuple(node, content)
    if node.type == "string" and any(child.type == "interpolation" for child in node.children):
        yield from _f_string(node, content)


def _alias(node: Node) -> Iterator[Edit]:
    """``type X[T] = int`` becomes ``X = int``."""
    keyword, name = node.children[0], node.children[1]
    yield keyword.start_byte, name.start_byte, b""
    for child in _walk(name):
        if child.type == "type_parameter":
            yield child.start_byte, child.end_byte, b""


def _bare_tuple(node: Node, content: bytes) -> Iterator[Edit]:
    """``except A, B:`` becomes ``except (A, B):``."""
    named = [x for x in node.named_children if x.type not in ("block", "comment")]
    whole = content[named[0].start_byte : named[-1].end_byte] if named else b""
    is_bare = len(named) > 1 or (len(named) == 1 and named[0].type == "expression_list")
    if is_bare and not whole.startswith(b"("):
        yield named[0].start_byte, named[0].start_byte, b"("
        yield named[-1].end_byte, named[-1].end_byte, b")"


def _f_string(node: Node, content: bytes) -> Iterator[Edit]:
    """Give the strings inside an f-string's braces other quotes than its own."""
    opening = _OPENING.match(content[node.start_byte : node.start_byte + 8])
    if opening is None:
        return
    if opening[1].lower() in (b"t", b"tr", b"rt"):
        letters = opening[1].lower().replace(b"t", b"f")
        yield node.start_byte, node.start_byte + len(opening[1]), letters
    for part in (child for child in node.children if child.type == "interpolation"):
        yield from _inner(part, content, opening[2])


def _inner(part: Node, content: bytes, quotes: bytes) -> Iterator[Edit]:
    text = content[part.start_byte : part.end_byte]
    other = b"'" if quotes[:1] == b'"' else b'"'
    is_odd = b"\\" in text or b"#" in text or (b"\n" in text and len(quotes) == 1)
    if is_odd or (quotes in text and other in text):
        yield part.start_byte, part.end_byte, b"{None}"
        return
    if quotes in text:
        yield part.start_byte, part.end_byte, text.replace(quotes, other)
