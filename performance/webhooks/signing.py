"""Signatures by Standard Webhooks 1.0 (https://www.standardwebhooks.com), symmetric: `v1`, HMAC-SHA256."""

import base64
import hmac
from collections.abc import Mapping, Sequence


def signature(key: bytes, *, message_id: str, timestamp: int, body: bytes) -> str:
    signed = b"%s.%d.%s" % (message_id.encode(), timestamp, body)
    return "v1," + base64.b64encode(hmac.digest(key, signed, "sha256")).decode()


def signed_headers(keys: Sequence[bytes], *, message_id: str, timestamp: int, body: bytes) -> Mapping[str, str]:
    """The three headers. While a secret is being replaced there are two keys, and a signature of each."""
    signatures = (signature(key, message_id=message_id, timestamp=timestamp, body=body) for key in keys)
    return {
        "webhook-id": message_id,
        "webhook-timestamp": str(timestamp),
        "webhook-signature": " ".join(signatures),
    }
