"""Answers made smaller on their way out."""
