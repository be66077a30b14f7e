"""A shell's name -> its completion of our commands, printed or put where the shell looks."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from click.shell_completion import get_completion_class

from releasegate.errors import UsageError

if TYPE_CHECKING:
    from collections.abc import Mapping

    import click

_VARIABLE = "_RELEASEGATE_COMPLETE"
#: shell -> the variable that moves its folder, what that is by default, and the file in it
_PLACES = {
    "bash": ("XDG_DATA_HOME", ".local/share", "bash-completion/completions/releasegate"),
    "zsh": ("ZDOTDIR", "", ".zfunc/_releasegate"),
    "fish": ("XDG_CONFIG_HOME", ".config", "fish/completions/releasegate.fish"),
}
_REMARKS = {
    "bash": "New shells complete releasegate, where the package bash-completion is installed.",
    "zsh": "In ~/.zshrc, before compinit: fpath+=(${ZDOTDIR:-~}/.zfunc)",
    "fish": "New shells complete releasegate.",
}


def complete(
    command: click.Command,
    shell: str | None,
    environment: Mapping[str, str],
    *,
    install: bool,
) -> str:
    """Give the script, or write it and say where it is.

    Raises:
        UsageError: the shell is none of ours, or the file cannot be written.
    """
    name = shell or Path(environment.get("SHELL", "")).name
    kind = get_completion_class(name) if name in _PLACES else None
    if kind is None:
        raise UsageError(f"The shell is not known: name one of {', '.join(_PLACES)}.")
    script = kind(command, {}, "releasegate", _VARIABLE).source()
    if not install:
        return script
    file = _place(name, environment)
    try:
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(f"{script}\n", encoding="utf-8")
    except OSError as error:
        raise UsageError(f"{file} cannot be written: {error.strerror}.") from error
    return f"written  {file}\n{_REMARKS[name]}"


def _place(shell: str, environment: Mapping[str, str]) -> Path:
    variable, folder, file = _PLACES[shell]
    configured = environment.get(variable, "")
    home = environment.get("HOME", "")
    if not configured and not home:
        raise UsageError("There is no HOME to write to.")
    return (Path(configured) if configured else Path(home, folder)) / file
