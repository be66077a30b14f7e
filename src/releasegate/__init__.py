"""Gates between a written PostgreSQL migration and production."""

__version__ = "0.1.0"
