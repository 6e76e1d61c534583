"""`RateLimit` and `RateLimit-Policy` of draft-ietf-httpapi-ratelimit-headers-10: structured fields (RFC 9651).

    RateLimit-Policy: "api";q=100;w=60;pk=:3q2+7w8bS9o=:, "qualify";q=10;w=60;pk=:3q2+7w8bS9o=:
    RateLimit: "api";r=98;t=1;pk=:3q2+7w8bS9o=:, "qualify";r=9;t=6;pk=:3q2+7w8bS9o=:

`q` requests in `w` seconds; `r` are left, and there will be more in `t` seconds; `pk` tells apart whose bucket it is.
"""

from collections.abc import Iterable

from performance.limits.decisions import Decision


def headers(decisions: Iterable[Decision]) -> dict[str, str]:
    """For an answer that was counted; a refusal adds Retry-After. Empty where nothing was counted."""
    quotas, limits, retry_after_s = [], [], 0
    for each in decisions:
        if each.policy:
            quotas.append(each.quota)
            limits.append(f'"{each.policy}";r={each.remaining};t={each.reset_s};pk={each.partition}')
            retry_after_s = max(retry_after_s, each.retry_after_s)
    if not quotas:
        return {}
    said = {"RateLimit-Policy": ", ".join(quotas), "RateLimit": ", ".join(limits)}
    if retry_after_s:
        said["Retry-After"] = str(retry_after_s)
    return said
