"""The embedded PostgreSQL and Valkey: found, started while somebody needs them, stopped by the last one out.

Where DATABASE_URL is set there is no embedded PostgreSQL, where REDIS_URL is set no embedded Valkey.
"""

from config.stack.errors import StackError
from config.stack.hold import hold
from config.stack.record import Record, record
from config.stack.urls import django_database

__all__ = ["Record", "StackError", "django_database", "hold", "record"]
