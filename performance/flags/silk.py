"""django-silk for a sample of requests, switched by the flag `silk` while the site runs.

Off, a request pays for one look at a dictionary. On, `on` records every request, a percentage that share of them,
and `staff` those of staff. What is recorded is at /silk/, for staff.
"""

import threading
from collections.abc import Callable

from django.db.models.sql.compiler import SQLCompiler
from django.http import HttpRequest, HttpResponse
from silk.middleware import SilkyMiddleware
from silk.sql import execute_sql

from performance.flags.services import is_sampled

FLAG = "silk"
PATCHED, ORIGINAL = "execute_sql", "_execute_sql"


class SampledSilk:
    """Middleware; after AuthenticationMiddleware, since a sample may be of staff only."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response
        self._silk = SilkyMiddleware(get_response)
        self._recording = 0
        self._lock = threading.Lock()

    def __call__(self, request: HttpRequest) -> HttpResponse:
        surely, for_staff = is_sampled(FLAG)
        if surely or (for_staff and request.user.is_staff):
            return self._record(request)
        return self.get_response(request)

    def _record(self, request: HttpRequest) -> HttpResponse:
        with self._lock:
            self._recording += 1
            _patch_compiler()
        try:
            response: HttpResponse = self._silk(request)
            return response
        finally:
            with self._lock:
                self._recording -= 1
                if not self._recording:
                    _restore_compiler()


# Silk patches the compiler at its first recorded request and leaves it so: from then on every statement of every
# request is compiled twice. `_execute_sql`, where silk keeps the original, stays: other threads may be calling it.
def _patch_compiler() -> None:
    if hasattr(SQLCompiler, ORIGINAL):
        setattr(SQLCompiler, PATCHED, execute_sql)


def _restore_compiler() -> None:
    if hasattr(SQLCompiler, ORIGINAL):
        setattr(SQLCompiler, PATCHED, getattr(SQLCompiler, ORIGINAL))
