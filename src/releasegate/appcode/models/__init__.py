"""Declared models and tables of the app -> the contract's tables, with their names for columns."""
