"""A project's folders -> the files that are read, their trees, and the bindings in them."""
