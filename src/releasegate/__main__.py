"""argv -> exit code: the program's front door, cheap for the questions asked most often."""

from __future__ import annotations

import sys


def main() -> None:
    """Run the program and exit with its code."""
    if sys.argv[1:] == ["--version"]:
        from releasegate import __version__

        if sys.stdout is None:
            return
        try:
            sys.stdout.write(f"releasegate {__version__}\n")
            sys.stdout.flush()
        except OSError:
            from releasegate.cli.running import let_go

            let_go(sys.stdout)
        return
    import gc

    # A short run makes little garbage that refers to itself, and looking for it takes time.
    gc.set_threshold(100_000, 50, 50)
    try:
        from releasegate.cli import run
    except KeyboardInterrupt:
        sys.exit(130)
    code = run(sys.argv[1:])
    # The process ends: what is left needs no last search for garbage.
    gc.freeze()
    sys.exit(code)


if __name__ == "__main__":
    main()
