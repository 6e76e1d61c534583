"""Filters of the list of prospects that are kept by a name, to be asked for again."""
