"""An artifact's path -> an address that opens it for a few minutes, and whether one still does.

Readers have no role in the database: no policy lets them in and nothing is granted to them.
Whoever owns a paper may have an address made for its file, and whoever holds the address may read
that file, and nothing else, until it ends.
"""

import hashlib
import hmac
from datetime import UTC, datetime, timedelta
from urllib.parse import parse_qs, quote, unquote, urlsplit

#: No address lives longer, whoever asks for it.
LONGEST = timedelta(minutes=5)
_SHORTEST_KEY_BYTES = 32
#: Separates these signatures from whatever else the same key may sign.
_PURPOSE = b"papers artifact v1"


class Refused(ValueError):
    """The address opens nothing; the text says why, and names no key."""


def sign(path: str, *, key: bytes, now: datetime, ttl: timedelta = LONGEST) -> str:
    """Write the address of an artifact, to be put behind the file server's own.

    Raises:
        ValueError: the key is too short to be one, the clock has no zone, the time to live is not
            between one second and `LONGEST`, or the path leads out of the artifacts.
    """
    if not timedelta(seconds=1) <= ttl <= LONGEST:
        raise ValueError(f"An address lives between 1 s and {LONGEST.total_seconds():.0f} s.")
    _check_path(path)
    ends = int((_aware(now) + ttl).timestamp())
    return f"/{quote(path)}?ends={ends}&signature={_signature(path, ends, key)}"


def opened(url: str, *, key: bytes, now: datetime) -> str:
    """Give the path that an address opens now.

    Raises:
        Refused: it was not made with this key, was changed, has ended, or claims to live longer
            than any may.
    """
    parts = urlsplit(url)
    path, fields = unquote(parts.path.removeprefix("/")), parse_qs(parts.query)
    match fields:
        case {"ends": [ends], "signature": [signature], **rest} if not rest and _is_number(ends):
            pass
        case _:
            raise Refused("The address is not one of ours.")
    made = _signature(path, int(ends), key)
    if not hmac.compare_digest(made.encode(), signature.encode()):
        raise Refused("The address is not one of ours.")
    left = int(ends) - _aware(now).timestamp()
    if left <= 0:
        raise Refused("The address has ended: ask for a new one.")
    if left > LONGEST.total_seconds():
        raise Refused("The address would live longer than any may.")
    return path


def _is_number(text: str) -> bool:
    return text.isascii() and text.isdecimal() and len(text) <= len(str(2**40))


def _signature(path: str, ends: int, key: bytes) -> str:
    if len(key) < _SHORTEST_KEY_BYTES:
        raise ValueError(f"A signing key has at least {_SHORTEST_KEY_BYTES} bytes.")
    # The path comes last, so that nothing in it can be taken for the end.
    signed = b"\n".join((_PURPOSE, str(ends).encode(), path.encode()))
    return hmac.new(key, signed, hashlib.sha256).hexdigest()


def _check_path(path: str) -> None:
    names = path.split("/")
    if not path or path.startswith("/") or {"", ".", ".."} & set(names) or "\\" in path:
        raise ValueError("An artifact's path leads down from the folder of artifacts.")


def _aware(now: datetime) -> datetime:
    if now.tzinfo is None:
        raise ValueError("The clock needs its zone.")
    return now.astimezone(UTC)
