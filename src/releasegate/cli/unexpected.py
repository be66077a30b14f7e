"""An exception that no command expects -> what is said of it."""

from __future__ import annotations

import errno
import traceback
from pathlib import Path


def is_about_room(error: Exception) -> bool:
    """Tell whether an answer found no room where it was written to."""
    frames = traceback.extract_tb(error.__traceback__)
    is_full = isinstance(error, OSError) and error.errno == errno.ENOSPC
    return is_full and Path(frames[-1].filename).parent.name == "click"


def bug(error: Exception) -> str:
    """Name the places without values: a message or a local may hold what must not be shown."""
    frames = traceback.extract_tb(error.__traceback__)
    places = [f"  {Path(f.filename).name}:{f.lineno} in {f.name}" for f in frames]
    return "\n".join([f"releasegate: a bug: {type(error).__name__}, at", *places])
