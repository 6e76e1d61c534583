"""Bounds of what is asked on a user's behalf. Imports nothing, for models and settings that only want the figures."""

from dataclasses import dataclass

# Of a URL; what browsers and search engines agree on.
MOST_CHARACTERS = 2000


@dataclass(frozen=True, slots=True)
class Limits:
    """Bounds of one exchange, and of the pool that it uses. Seconds, bytes.

    `total_s` spans everything, redirects too; `most_bytes` bounds what arrives and what it inflates to.
    """

    total_s: float = 20.0
    connect_s: float = 5.0
    most_bytes: int = 1024 * 1024
    most_redirects: int = 5
    connections: int = 100
    connections_per_host: int = 2
    keepalive_s: float = 15.0
