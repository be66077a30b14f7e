"""A PostgreSQL that lives as long as a with block, inherits nothing and leaves nothing behind."""

from releasegate.throwaway.borrowed import borrow
from releasegate.throwaway.embedded import start
from releasegate.throwaway.server import Database, Server
from releasegate.throwaway.target import dump_target

__all__ = ["Database", "Server", "borrow", "dump_target", "start"]
