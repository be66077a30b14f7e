"""A schema and the app's statements -> rows to try a migration on, and the statements played."""
