"""`RateLimit` and `RateLimit-Policy` of draft-ietf-httpapi-ratelimit-headers-10: structured fields (RFC 9651).

    RateLimit-Policy: "api";q=100;w=60;pk=:3q2+7w8bS9o=:, "qualify";q=10;w=60;pk=:3q2+7w8bS9o=:
    RateLimit: "api";r=98;t=1;pk=:3q2+7w8bS9o=:, "qualify";r=9;t=6;pk=:3q2+7w8bS9o=:

`q` requests in `w` seconds; `r` are left, and there will be more in `t` seconds; `pk` tells apart whose bucket it is.
"""

from collections.abc import Iterable

from performance.limits.decisions import Decision


def headers(decisions: Iterable[Decision]) -> dict[str, str]:
    """For an answer that was counted; a refusal adds Retry-After. Empty where nothing was counted."""
    counted = [each for each in decisions if each.policy]
    if not counted:
        return {}
    said = {
        "RateLimit-Policy": ", ".join([d.quota for d in counted]),
        "RateLimit": ", ".join([f'"{d.policy}";r={d.remaining};t={d.reset_s};pk={d.partition}' for d in counted]),
    }
    if retry_after_s := max(each.retry_after_s for each in counted):
        said["Retry-After"] = str(retry_after_s)
    return said
