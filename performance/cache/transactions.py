"""Whether this thread is inside a transaction, asked on every hit: Django's own way there costs as much as the hit."""

import threading

from django.db import connections
from django.db.backends.base.base import BaseDatabaseWrapper

_threads = threading.local()


def in_transaction() -> bool:
    """A thread keeps its database connection object for life, whatever becomes of the connection."""
    try:
        database: BaseDatabaseWrapper = _threads.database
    except AttributeError:
        database = _threads.database = connections["default"]
    return database.in_atomic_block
