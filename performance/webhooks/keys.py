"""The secrets that endpoints share with us.

None is stored. A secret follows from SECRET_KEY and a random salt, and the salt is what its row keeps: a copy of the
database signs nothing. The row's mark tells whether the secret is still the one that was shown; after SECRET_KEY was
replaced it isn't, unless the old one is among SECRET_KEY_FALLBACKS.
"""

import base64
import hashlib
import secrets

from django.conf import settings
from django.utils.crypto import constant_time_compare, salted_hmac

PREFIX = "whsec_"
_PURPOSE = "performance.webhooks.keys"
MARK_LENGTH = 32


def new_salt() -> str:
    return secrets.token_hex(32)


def new_key(salt: str) -> bytes:
    """32 bytes (the specification asks for 24 to 64), the same for the same salt."""
    return _derived(salt, settings.SECRET_KEY)


def marked_key(salt: str, *, mark: str) -> bytes | None:
    """The key of that salt if it is the one that bears the mark; None if it can't be had any more."""
    for secret_key in (settings.SECRET_KEY, *settings.SECRET_KEY_FALLBACKS):
        key = _derived(salt, secret_key)
        if constant_time_compare(mark_of(key), mark):
            return key
    return None


def mark_of(key: bytes) -> str:
    return hashlib.sha256(b"mark of " + key).hexdigest()[:MARK_LENGTH]


def as_text(key: bytes) -> str:
    """As it is shown, once (whsec_…)."""
    return PREFIX + base64.b64encode(key).decode()


def _derived(salt: str, secret_key: str | bytes) -> bytes:
    return salted_hmac(_PURPOSE, salt, secret=secret_key, algorithm="sha256").digest()
