"""What Django loads as the backend: its own for PostgreSQL, but for the pool and the name of a connection."""

import os
from collections.abc import Collection
from typing import Any

from django.db import connections
from django.db.backends.base.base import NO_DB_ALIAS
from django.db.backends.postgresql import base

from performance.database.pool import Pool

__all__ = ["DatabaseWrapper", "begin_connecting"]


class DatabaseWrapper(base.DatabaseWrapper):
    """Django's, with `performance.database.pool.Pool` where OPTIONS asks for a pool."""

    _connection_pools: dict[str, Pool] = {}

    @property
    def pool(self) -> Pool | None:
        options = self.settings_dict["OPTIONS"].get("pool")
        if not options or self.alias == NO_DB_ALIAS:
            return None
        if self.alias not in self._connection_pools:
            connect = {**self.get_connection_params(), "autocommit": True}
            made = Pool(kwargs=connect, configure=self._configure_connection, **options)  # type: ignore[attr-defined]  # not in the stubs
            # Threads may make several at once; none is open yet, and the first wins.
            self._connection_pools.setdefault(self.alias, made)
        return self._connection_pools[self.alias]

    @classmethod
    def pools(cls) -> Collection[Pool]:
        """Those that this process has made."""
        return list(cls._connection_pools.values())

    def get_connection_params(self) -> dict[str, Any]:
        """Each process under its own name in pg_stat_activity and in the server's log."""
        params = super().get_connection_params()
        if name := params.get("application_name"):
            params["application_name"] = f"{name}-{os.getpid()}"
        return params


def begin_connecting() -> None:
    """For a web process that starts: its pools are filled beside it, not by those who come first, all at once."""
    for made in connections.all():
        if isinstance(made, DatabaseWrapper) and made.pool:
            made.pool.open()
