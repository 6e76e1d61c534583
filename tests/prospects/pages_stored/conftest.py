"""A person in sales."""

from tests.prospects.pages.conftest import known_flags, sales, seller

__all__ = ["known_flags", "sales", "seller"]
