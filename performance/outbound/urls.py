"""From what a user typed to a URL that may be asked, read once and by the same parser that the transport uses."""

import re
import socket
from functools import lru_cache
from ipaddress import IPv4Address, IPv6Address, ip_address

from yarl import URL

from performance.outbound.errors import AddressRefused, BadUrl
from performance.outbound.guard import Guard
from performance.outbound.limits import MOST_CHARACTERS

SCHEMES = ("https", "http")
# Parsers differ over these, and where they do, one checks what another doesn't ask.
_AMBIGUOUS = re.compile(r"[\x00-\x20\\\x7f]")
_DIGITS = frozenset("0123456789")
# Most hosts: its last part has no digit, so it can't be read as a number.
_PLAIN_NAME = re.compile(r"(?:[a-z0-9-]{1,63}\.)+[a-z]{1,63}", re.ASCII)


def checked_url(text: str | URL, *, guard: Guard) -> URL:
    """The URL without its fragment. Raises BadUrl or AddressRefused, with a sentence that says what is wrong.

    What its name leads to is seen only when it is connected to: `Guard` looks then.
    """
    url = _parsed(str(text))
    if url.scheme not in SCHEMES:
        raise BadUrl(f"It begins with {url.scheme or 'no scheme'}, but only https:// and http:// are asked.")
    if url.raw_user is not None or url.raw_password is not None:
        raise BadUrl("It holds a user name or password; leave what stands before the @ out.")
    host = (url.raw_host or "").rstrip(".")
    if not host:
        raise BadUrl("It names no host.")
    _check_port(url, guard)
    _check_host(host, guard)
    return url.with_fragment(None)


def joined(url: URL, target: str) -> URL:
    """Where a Location that was read at `url` leads, unchecked. Raises BadUrl."""
    try:
        return url.join(URL(target))
    except ValueError as error:
        raise BadUrl("It leads on to what can't be read as a URL.") from error


def _parsed(text: str) -> URL:
    if len(text) > MOST_CHARACTERS:
        raise BadUrl(f"It has {len(text)} characters, at most {MOST_CHARACTERS} are read.")
    if _AMBIGUOUS.search(text):
        raise BadUrl("It holds a space, a control character or a backslash.")
    try:
        url = URL(text)
        _ = url.port
    except (ValueError, UnicodeError) as error:
        raise BadUrl("It can't be read as a URL; one looks like https://example.com/path.") from error
    return url


def _check_port(url: URL, guard: Guard) -> None:
    # An explicit 0 is no default.
    port = url.explicit_port if url.explicit_port is not None else url.port
    if port not in guard.ports:
        allowed = ", ".join(map(str, sorted(guard.ports)))
        raise AddressRefused(f"Port {port} isn't asked; {allowed} are (OUTBOUND_PORTS).")


def _check_host(host: str, guard: Guard) -> None:
    if _is_plain_name(host):
        return
    if "%" in host:
        raise AddressRefused(f"{host} names an interface of this machine.")
    literal = _literal(host)
    if literal is not None:
        guard.check(literal, host=host)
    elif len(host) > 253 or any(not 0 < len(label) <= 63 for label in host.split(".")):
        raise BadUrl("The host's name is longer than a name may be, or has an empty part.")


@lru_cache(maxsize=4096)
def _is_plain_name(host: str) -> bool:
    """What there is nothing to be said of, whatever the guard lets through: no address, in no spelling."""
    return _PLAIN_NAME.fullmatch(host) is not None and len(host) <= 253


def _literal(host: str) -> IPv4Address | IPv6Address | None:
    """The address that `host` is, or None where it is a name. Raises AddressRefused for IPv4 in another spelling."""
    if ":" in host:
        try:
            return ip_address(host)
        except ValueError as error:
            raise BadUrl(f"{host} is no IPv6 address.") from error
    if not _ends_in_number(host):
        return None
    try:
        return IPv4Address(host)
    except ValueError:
        raise AddressRefused(_respelt(host)) from None


def _ends_in_number(host: str) -> bool:
    """Where the last part is a number, all of it is one (https://url.spec.whatwg.org/#ends-in-a-number-checker)."""
    last = host.rpartition(".")[2].lower()
    return bool(last) and (set(last) <= _DIGITS or last.startswith("0x"))


def _respelt(host: str) -> str:
    try:
        meant = IPv4Address(socket.inet_aton(host))
    except OSError:
        return f"{host} ends in a number, but is no IPv4 address."
    return f"{host} is {meant} spelt in another way; an address is written as four decimal numbers."
