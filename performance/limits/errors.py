"""What limits refuse, and what can be wrong with them."""

from django.core.exceptions import ImproperlyConfigured

from performance.api.errors import DomainError

# The problem type that draft-ietf-httpapi-ratelimit-headers registers, with its member `violated-policies`.
PROBLEM_TYPE = "https://iana.org/assignments/http-problem-types#quota-exceeded"


class QuotaExceeded(DomainError):
    """Too many requests; come back later."""

    status = 429
    code = "throttled"
    title = "Too many requests"

    def __init__(self, policy: str, *, limit: int, period_s: int, retry_after_s: int) -> None:
        """Names the policy that refused, how much it allows, and when to come back."""
        super().__init__(
            f"More than the {limit} requests in {period_s} s that the limit {policy!r} allows; "
            f"come back in {retry_after_s} s.",
            **{"type": PROBLEM_TYPE, "violated-policies": [policy], "retry_after_s": retry_after_s},
        )


class UnknownPolicy(ImproperlyConfigured):
    """A view or a row names a limit that RATE_LIMITS doesn't have."""
