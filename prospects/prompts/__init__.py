"""Prompts with immutable versions, and how they become messages."""

from prospects.prompts.render import render, schema_for

__all__ = ["render", "schema_for"]
