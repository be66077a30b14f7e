"""Calls and texts that write rows, one way of writing a module -> write sites."""
