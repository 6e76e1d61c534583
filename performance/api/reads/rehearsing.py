"""What the first request of each kind makes, and all others find made: a web process makes it before they come.

No request is made up for it, so there is nobody to be let in, nothing to be counted as asked for, and nothing that
people could be shown. `rehearse` asks neither the database nor Valkey, so a process starts without them.
"""

import logging
import threading
from collections.abc import Iterator
from typing import Any

from django.conf import settings
from django.db import DatabaseError, connection
from django.urls import URLPattern, URLResolver, get_resolver

from performance.access.holders import tokens_of

logger = logging.getLogger(__name__)
# The first time PostgreSQL reads what it has to know of the tables, which takes three times as long as what follows;
# the second time psycopg has the statement prepared.
TIMES = 2
PATIENCE_S = 10.0


def rehearse() -> None:
    """Compile the addresses, the look-up of their names, and of each read what it will send."""
    resolver = get_resolver()
    for address in _all(resolver):
        _ = address.pattern.regex
    _ = resolver.reverse_dict
    for view in reads():
        view.prepare()


def begin_rehearsing() -> None:
    """Send what busy reads send over each connection that the pool begins with, for rows that aren't there: from
    threads of their own, so that nobody waits for it, nor for the database.
    """
    options: Any = settings.DATABASES["default"]["OPTIONS"]
    connections = options["pool"]["min_size"] if "pool" in options else 0
    together = threading.Barrier(max(1, connections))
    for number in range(connections):
        threading.Thread(target=_rehearse_on_one, args=[together], name=f"rehearsal-{number}", daemon=True).start()


def reads() -> Iterator[Any]:
    """The views that are lists or details, by address."""
    views = (getattr(getattr(address, "callback", None), "cls", None) for address in _all(get_resolver()))
    return (view for view in views if hasattr(view, "prepare"))


def _rehearse_on_one(together: threading.Barrier) -> None:
    """Each thread has its connection before any begins: a pool hands out first what was handed back last."""
    try:
        connection.ensure_connection()
        together.wait(PATIENCE_S)
        for _ in range(TIMES):
            tokens_of("")
            for view in reads():
                if view.is_busy:
                    view.rehearse()
    except (DatabaseError, threading.BrokenBarrierError) as error:
        together.abort()
        logger.info("what is asked first isn't rehearsed: %s", error)
    finally:
        connection.close()


def _all(resolver: URLResolver) -> Iterator[URLPattern | URLResolver]:
    for address in resolver.url_patterns:
        yield address
        if isinstance(address, URLResolver):
            yield from _all(address)
