"""SQL text -> what it is, locks, promises and writes. The only home of the SQL parser."""
