"""Whose bucket a request takes from."""

from ipaddress import IPv6Address, ip_address

from django.http import HttpRequest

from performance.access.client import client_address
from performance.limits.allowances import has_own

# What one client is given of IPv6 (RFC 6177): counted by single addresses, it would have 2^64 buckets.
IPV6_PREFIX = 64


def identity_of(request: HttpRequest, policy: str, *, user_id: int | None, token_key: str | None = None) -> str:
    """`user:12`, `token:<key>` or `address:203.0.113.9`, for the policy of that name.

    A token counts as its user, or whoever makes ten has ten times the limit, unless staff gave it its own allowance.
    Nobody known is counted by address, IPv6 by /64.
    """
    return _by_address(request) if user_id is None else identity_of_user(policy, user_id=user_id, token_key=token_key)


def identity_of_user(policy: str, *, user_id: int, token_key: str | None) -> str:
    """Of somebody who is known."""
    if token_key is not None and has_own(policy, token := f"token:{token_key}"):
        return token
    return f"user:{user_id}"


def _by_address(request: HttpRequest) -> str:
    address = ip_address(client_address(request))
    if not isinstance(address, IPv6Address):
        return f"address:{address}"
    network = IPv6Address(int(address) >> IPV6_PREFIX << IPV6_PREFIX)
    return f"address:{network}/{IPV6_PREFIX}"
