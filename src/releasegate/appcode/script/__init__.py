"""TypeScript and JavaScript -> trees in the shape of Python's, so that one reader reads both."""
