"""Where a request comes from."""

from ipaddress import ip_address

from django.conf import settings
from django.http import HttpRequest

# A request over a Unix socket has no address; all such share one.
NO_ADDRESS = "127.0.0.1"


def client_address(request: HttpRequest) -> str:
    """The client's IP address: what the outermost of our own proxies (TRUSTED_PROXIES) saw.

    Whatever stands further left in X-Forwarded-For was written by the client and isn't believed.
    """
    direct = str(request.META.get("REMOTE_ADDR") or NO_ADDRESS)
    hops = request.headers.get("X-Forwarded-For", "").split(",")
    if not settings.TRUSTED_PROXIES or len(hops) < settings.TRUSTED_PROXIES:
        return direct
    forwarded = hops[-settings.TRUSTED_PROXIES].strip()
    return forwarded if _is_address(forwarded) else direct


def _is_address(text: str) -> bool:
    try:
        ip_address(text)
    except ValueError:
        return False
    return True
