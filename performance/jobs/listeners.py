"""Who hears that a batch has ended or was paused: in the very transaction in which it does.

So what a listener writes (an event for webhooks, a mark) is there exactly if the batch has ended, once, whatever is
killed. Registered by kind in AppConfig.ready; kinds without listeners cost nothing.
"""

import logging
from collections.abc import Callable
from typing import TypeAlias

from django.db import InterfaceError, OperationalError, transaction

logger = logging.getLogger(__name__)
# Told the batch's id. Its row says how it ended; what is read about its jobs is as of this transaction.
Listener: TypeAlias = Callable[[int], None]

_ended: dict[str, list[Listener]] = {}
_paused: dict[str, list[Listener]] = {}


def on_end(kind: str, listener: Listener) -> None:
    """`listener` hears of each end of a batch of that kind, finished or cancelled; after a redrive of the next, too."""
    _register(_ended, kind, listener)


def on_pause(kind: str, listener: Listener) -> None:
    _register(_paused, kind, listener)


def tell_ended(kind: str, batch_id: int) -> None:
    for listener in _ended.get(kind, ()):
        _tell(listener, batch_id)


def tell_paused(kind: str, batch_id: int) -> None:
    for listener in _paused.get(kind, ()):
        _tell(listener, batch_id)


def _register(listeners: dict[str, list[Listener]], kind: str, listener: Listener) -> None:
    known = listeners.setdefault(kind, [])
    if listener not in known:
        known.append(listener)


def _tell(listener: Listener, batch_id: int) -> None:
    """A listener that fails doesn't keep a batch from ending, nor its last results from being stored."""
    try:
        with transaction.atomic():
            listener(batch_id)
    except (OperationalError, InterfaceError):
        raise
    except Exception:
        logger.exception("batch %d: %s failed and was undone", batch_id, getattr(listener, "__qualname__", listener))
