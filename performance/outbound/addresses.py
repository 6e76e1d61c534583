"""Which IP addresses may be connected to on behalf of whoever named the host: pure rules.

`ipaddress.is_global` alone doesn't do: on Python 3.11 it is true of 6to4 and NAT64 forms of private addresses, of
multicast and of others (RFC 6890's registries and their later entries; OWASP, Server-Side Request Forgery Prevention).
"""

from collections.abc import Mapping, Sequence
from ipaddress import IPv4Address, IPv4Network, IPv6Address, IPv6Network, ip_address, ip_network
from typing import TypeAlias

Address: TypeAlias = IPv4Address | IPv6Address
Network: TypeAlias = IPv4Network | IPv6Network

_GLOBAL_6 = IPv6Network("2000::/3")
_REFUSED: Mapping[Network, str] = {
    ip_network(text): what
    for text, what in {
        "0.0.0.0/8": "this host",
        "10.0.0.0/8": "a private network",
        "100.64.0.0/10": "a provider's shared network",
        "127.0.0.0/8": "this host (loopback)",
        "169.254.0.0/16": "this link, where clouds keep their metadata",
        "172.16.0.0/12": "a private network",
        "192.0.0.0/24": "a network reserved for protocols",
        "192.0.2.0/24": "a network for documentation",
        "192.31.196.0/24": "a network reserved for AS112",
        "192.52.193.0/24": "a network reserved for AMT",
        "192.88.99.0/24": "a 6to4 relay",
        "192.168.0.0/16": "a private network",
        "192.175.48.0/24": "a network reserved for AS112",
        "198.18.0.0/15": "a network for benchmarks",
        "198.51.100.0/24": "a network for documentation",
        "203.0.113.0/24": "a network for documentation",
        "224.0.0.0/4": "multicast",
        "255.255.255.255/32": "broadcast",
        "240.0.0.0/4": "reserved",
        "::/128": "this host (unspecified)",
        "::1/128": "this host (loopback)",
        "::/96": "an IPv4 address written as IPv6",
        "::ffff:0:0:0/96": "an IPv4 address translated to IPv6",
        "64:ff9b::/96": "an IPv4 address behind NAT64",
        "64:ff9b:1::/48": "an IPv4 address behind a local NAT64",
        "100::/64": "a network whose packets are discarded",
        "2001::/23": "a network reserved for protocols (Teredo, ORCHID)",
        "2001:db8::/32": "a network for documentation",
        "2002::/16": "an IPv4 address inside 6to4",
        "2620:4f:8000::/48": "a network reserved for AS112",
        "3fff::/20": "a network for documentation",
        "5f00::/16": "a network of segment routing",
        "fc00::/7": "a private network",
        "fe80::/10": "this link",
        "fec0::/10": "a private network (site-local)",
        "ff00::/8": "multicast",
    }.items()
}


def refusal(text: str | Address, *, allowed: Sequence[Network] = ()) -> str | None:
    """What is wrong with connecting to this address, as the end of "…, which is …"; None where nothing is.

    `allowed` are networks that may be connected to whatever they are. A scope id is refused in any case: it names an
    interface of this machine.
    """
    try:
        address = ip_address(text)
    except ValueError:
        return "no IP address"
    if isinstance(address, IPv6Address):
        if address.scope_id is not None:
            return "bound to an interface of this machine"
        address = address.ipv4_mapped or address
    if any(address in network for network in allowed):
        return None
    return _what(address)


def _what(address: Address) -> str | None:
    for network, what in _REFUSED.items():
        if address in network:
            return what
    if isinstance(address, IPv6Address) and address not in _GLOBAL_6:
        return "outside of the public Internet"
    if not address.is_global or address.is_multicast or address.is_reserved:
        return "outside of the public Internet"
    return None
