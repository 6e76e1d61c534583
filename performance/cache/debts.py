"""Paying an epoch that is owed (see `epoch`) also where nobody in this process uses the cache any more."""

import atexit
import os
import threading
import time
from contextlib import suppress

from performance.cache import epoch
from performance.cache.circuit import ATTEMPT_EVERY_S
from performance.cache.connection import CacheGone, pinned

_lock = threading.Lock()
_payer: threading.Thread | None = None


def owe() -> None:
    """A change couldn't be announced: all is to be taken for stale as soon as Valkey can be told so."""
    global _payer
    epoch.owe()
    with _lock:
        if _payer is None or not _payer.is_alive():
            _payer = threading.Thread(target=_pay, name="cache-debts", daemon=True)
            _payer.start()


def _pay() -> None:
    while epoch.is_owed():
        time.sleep(ATTEMPT_EVERY_S)
        _try()


def _try() -> None:
    """Any call settles what is owed first."""
    if epoch.is_owed():
        with suppress(CacheGone):
            pinned().call("PING")


def _begin_anew() -> None:
    global _lock, _payer
    _lock, _payer = threading.Lock(), None


os.register_at_fork(after_in_child=_begin_anew)
atexit.register(_try)
