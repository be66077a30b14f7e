"""A source file's bytes -> its text, and a tree in the shape of Python's, whatever its language."""

from __future__ import annotations

import ast
import io
import re
import tokenize
import warnings

_ERRORS = (SyntaxError, ValueError, RecursionError, MemoryError, LookupError)


#: files of markup with a script inside
COMPONENTS = (".vue", ".svelte", ".astro")
_SCRIPT = re.compile(rb"(?is)<script\b[^>]*>(.*?)</script\s*>")
_FRONT = re.compile(rb"(?s)\A\s*---\r?\n(.*?)\r?\n---")


class Unparsable(Exception):
    """The grammar refuses a file."""

    def __init__(self, message: str, line: int | None = None) -> None:
        super().__init__(message)
        self.line = line


def parse(path: str, content: bytes) -> tuple[str, ast.Module]:
    """Parse Python, TypeScript or JavaScript.

    Raises:
        Unparsable: it is none, or nested too deeply.
    """
    if path.endswith((".py", ".pyi")):
        return _python(content)
    from releasegate.appcode.script import lowering

    if path.endswith(COMPONENTS):
        content = _script_of(content)
    text = content.decode(errors="replace")
    try:
        return text, lowering.lower(path, content)
    except RecursionError as error:
        raise Unparsable("nested too deeply to be read") from error


def _script_of(content: bytes) -> bytes:
    """Blank out all but the scripts; lines and columns stay."""
    kept = bytearray(re.sub(rb"[^\r\n]", b" ", content))
    for match in (*_SCRIPT.finditer(content), *_FRONT.finditer(content)):
        kept[match.start(1) : match.end(1)] = match[1]
    return bytes(kept)


def _python(content: bytes) -> tuple[str, ast.Module]:
    try:
        text = _decoded(content)
    except _ERRORS as error:
        raise Unparsable(str(getattr(error, "msg", None) or error)) from error
    try:
        return text, tree_of(text)
    except SyntaxError as error:
        return text, _mended(text, error)
    except _ERRORS as error:
        raise Unparsable(str(error)) from error


def _mended(text: str, first: SyntaxError) -> ast.Module:
    """Parse what a newer Python allows."""
    from releasegate.appcode.source.newer_python import mended

    try:
        return tree_of(mended(text))
    except _ERRORS:
        raise Unparsable(first.msg, first.lineno) from first


def tree_of(text: str) -> ast.Module:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        return ast.parse(text)


def _decoded(content: bytes) -> str:
    """Decode as Python does: a BOM and a coding line count."""
    encoding, _ = tokenize.detect_encoding(io.BytesIO(content).readline)
    return content.decode(encoding)
