"""Where a request comes from."""

from ipaddress import IPv6Address, ip_address

from django.conf import settings
from django.http import HttpRequest

# A request over a Unix socket has no address; all such share one.
NO_ADDRESS = "127.0.0.1"
# Longer than any address with its port: what is longer isn't looked at.
_MOST_CHARACTERS = 60


def client_address(request: HttpRequest) -> str:
    """The client's IP address, in its one canonical form: what the outermost of our own proxies (TRUSTED_PROXIES) saw.

    Whatever stands further left in X-Forwarded-For was written by the client and isn't believed.
    """
    direct = _address(str(request.META.get("REMOTE_ADDR") or "")) or NO_ADDRESS
    proxies = settings.TRUSTED_PROXIES
    if not proxies:
        return direct
    hops = request.META.get("HTTP_X_FORWARDED_FOR", "").rsplit(",", proxies)
    if len(hops) < proxies:
        return direct
    return _address(hops[-proxies]) or direct


def _address(text: str) -> str | None:
    """An address out of `203.0.113.9`, `203.0.113.9:4711`, `2001:db8::1` or `[2001:db8::1]:4711`; some proxies add
    the port. None for anything else.
    """
    text = text.strip()
    if len(text) > _MOST_CHARACTERS:
        return None
    if text.startswith("["):
        text = text[1:].partition("]")[0]
    elif text.count(":") == 1:
        text = text.partition(":")[0]
    try:
        address = ip_address(text)
    except ValueError:
        return None
    if isinstance(address, IPv6Address):
        # A zone means something on its own host only; an IPv4 client of an IPv6 socket is the same client.
        address = address.ipv4_mapped or IPv6Address(int(address))
    return str(address)
