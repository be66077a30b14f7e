"""An expression for rows -> their keys, and what each of them holds."""
