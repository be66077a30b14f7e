"""SQL text -> statements: what they are, lock, promise and write. The only home of the SQL parser."""
