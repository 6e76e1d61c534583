"""Pure rules that bring what people write to one form: a module per noun, no database, no clock, no settings.

Each returns None for what it can't read, so that the caller can say which value was left out.
"""
