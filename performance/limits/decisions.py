"""What a client is told of a limit."""

from typing import NamedTuple


class Decision(NamedTuple):
    """One policy's word on one request. Without a `policy` nothing was counted, and nothing is said of it."""

    is_allowed: bool
    limit: int
    remaining: int
    reset_s: int  # whole seconds until there is more
    retry_after_s: int  # 0 where the request is allowed
    policy: str = ""
    period_s: int = 0
    quota: str = ""  # as it stands in RateLimit-Policy
    partition: str = ""  # whose bucket it is, as a structured field's byte sequence


NOT_LIMITED = Decision(is_allowed=True, limit=0, remaining=0, reset_s=0, retry_after_s=0)
