"""The embedded PostgreSQL and Valkey: found, started while somebody needs them, stopped by the last one out.

Where DATABASE_URL is set there is no embedded PostgreSQL, where REDIS_URL is set no embedded Valkey.
"""

from config.stack.checkout import Record, record
from config.stack.errors import StackError
from config.stack.holding import hold
from config.stack.terminate import ends_orderly
from config.stack.urls import django_database, libpq_options

__all__ = ["Record", "StackError", "django_database", "ends_orderly", "hold", "libpq_options", "record"]
