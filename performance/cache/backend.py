"""Django's cache API on the two layers: `CACHES["default"]`.

Keys here have no tags: a process' own copy is trusted for 40 ms, as a tag's version is.
"""

from typing import Any

from django_redis.cache import RedisCache
from django_redis.serializers.base import BaseSerializer

from performance.cache import packing


class Packing(BaseSerializer):
    """django-redis' way to bytes and back."""

    def dumps(self, value: Any) -> bytes:
        return packing.pack(value)

    def loads(self, value: bytes) -> Any:
        return packing.value_of(*packing.opened(value))


class LayeredCache(RedisCache):
    pass
