"""A thread in each process that holds values: it hears of changes elsewhere.

It begins with the first value that is held and with it again after a fork. What it misses while Valkey is away costs
nothing but time: versions are asked for anew after 40 ms anyway.
"""

import logging
import os
import threading
import time
from typing import Any

import orjson
import redis
from django.core.cache import caches

from performance.cache import tags
from performance.cache.circuit import ATTEMPT_EVERY_S
from performance.cache.local import local

logger = logging.getLogger(__name__)
TICK_S = 1.0

_lock = threading.Lock()
_listener: threading.Thread | None = None


def ensure() -> None:
    """Begin to listen, unless this process does already."""
    global _listener
    if _listener is not None:
        return
    with _lock:
        if _listener is None:
            _listener = threading.Thread(target=_listen_for_ever, name="cache-listener", daemon=True)
            _listener.start()


def _listen_for_ever() -> None:
    while True:
        try:
            _listen()
        except (redis.RedisError, OSError) as error:
            logger.debug("not listening: %s", error)
        tags.forget_all()
        time.sleep(ATTEMPT_EVERY_S)


def _listen() -> None:
    client: Any = caches["default"].client.get_client()  # type: ignore[attr-defined]  # the backend is ours, by its path in the settings
    with client.pubsub(ignore_subscribe_messages=True) as subscription:
        subscription.subscribe(tags.CHANNEL, tags.PATTERN_CHANNEL)
        # What was announced before is not repeated.
        tags.forget_all()
        while True:
            if (message := subscription.get_message(timeout=TICK_S)) is not None:
                _hear(message["channel"], message["data"])


def _hear(channel: Any, content: Any) -> None:
    """Tags that somebody raised, or a pattern of keys that somebody removed. Anybody can publish: what can't be read
    only makes us ask anew.
    """
    try:
        if channel == tags.PATTERN_CHANNEL.encode():
            local.discard_matching(content.decode()[:200])
        else:
            tags.forget(set(map(str, orjson.loads(content))))
    except (ValueError, TypeError, AttributeError):
        tags.forget_all()


def _begin_anew() -> None:
    global _lock, _listener
    _lock, _listener = threading.Lock(), None


os.register_at_fork(after_in_child=_begin_anew)
