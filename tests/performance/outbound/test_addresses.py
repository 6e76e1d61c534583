"""Which addresses may be connected to: both ends of every range that may not, and their neighbours."""

from ipaddress import ip_network

import pytest

from performance.outbound.addresses import refusal

REFUSED = {
    "0.0.0.0": "this host",
    "0.255.255.255": "this host",
    "10.0.0.0": "a private network",
    "10.255.255.255": "a private network",
    "100.64.0.0": "a provider's shared network",
    "100.127.255.255": "a provider's shared network",
    "127.0.0.1": "this host (loopback)",
    "127.255.255.254": "this host (loopback)",
    "169.254.0.0": "this link, where clouds keep their metadata",
    "169.254.169.254": "this link, where clouds keep their metadata",
    "172.16.0.0": "a private network",
    "172.31.255.255": "a private network",
    "192.0.0.0": "a network reserved for protocols",
    "192.0.0.9": "a network reserved for protocols",
    "192.0.0.255": "a network reserved for protocols",
    "192.0.2.1": "a network for documentation",
    "192.31.196.1": "a network reserved for AS112",
    "192.52.193.1": "a network reserved for AMT",
    "192.88.99.1": "a 6to4 relay",
    "192.168.0.0": "a private network",
    "192.168.255.255": "a private network",
    "192.175.48.1": "a network reserved for AS112",
    "198.18.0.0": "a network for benchmarks",
    "198.19.255.255": "a network for benchmarks",
    "198.51.100.7": "a network for documentation",
    "203.0.113.7": "a network for documentation",
    "224.0.0.1": "multicast",
    "239.255.255.255": "multicast",
    "240.0.0.1": "reserved",
    "255.255.255.255": "broadcast",
    "::": "this host (unspecified)",
    "::1": "this host (loopback)",
    "::127.0.0.1": "an IPv4 address written as IPv6",
    "::8.8.8.8": "an IPv4 address written as IPv6",
    "::ffff:127.0.0.1": "this host (loopback)",
    "::ffff:10.0.0.1": "a private network",
    "::ffff:169.254.169.254": "this link, where clouds keep their metadata",
    "::ffff:0:7f00:1": "an IPv4 address translated to IPv6",
    "64:ff9b::7f00:1": "an IPv4 address behind NAT64",
    "64:ff9b::808:808": "an IPv4 address behind NAT64",
    "64:ff9b:1::7f00:1": "an IPv4 address behind a local NAT64",
    "100::1": "a network whose packets are discarded",
    "2001::1": "a network reserved for protocols (Teredo, ORCHID)",
    "2001:1ff:ffff::1": "a network reserved for protocols (Teredo, ORCHID)",
    "2001:db8::1": "a network for documentation",
    "2002:7f00:1::": "an IPv4 address inside 6to4",
    "2002:808:808::1": "an IPv4 address inside 6to4",
    "2620:4f:8000::1": "a network reserved for AS112",
    "3fff::1": "a network for documentation",
    "3fff:fff:ffff::1": "a network for documentation",
    "4000::1": "outside of the public Internet",
    "1fff::1": "outside of the public Internet",
    "5f00::1": "a network of segment routing",
    "fc00::1": "a private network",
    "fdff:ffff::1": "a private network",
    "fe80::1": "this link",
    "febf::1": "this link",
    "fec0::1": "a private network (site-local)",
    "ff02::1": "multicast",
    "ff0e::1": "multicast",
    "fe80::1%eth0": "bound to an interface of this machine",
    "2606:4700::1111%1": "bound to an interface of this machine",
    "localhost": "no IP address",
    "0x7f.1": "no IP address",
    "": "no IP address",
}
ALLOWED = [
    "1.1.1.1",
    "8.8.8.8",
    "9.255.255.255",
    "11.0.0.0",
    "100.63.255.255",
    "100.128.0.0",
    "126.255.255.255",
    "128.0.0.1",
    "169.253.255.255",
    "169.255.0.0",
    "172.15.255.255",
    "172.32.0.0",
    "192.0.1.1",
    "192.167.255.255",
    "192.169.0.0",
    "198.17.255.255",
    "198.20.0.0",
    "223.255.255.255",
    "::ffff:8.8.8.8",
    "2001:200::1",
    "2001:4860:4860::8888",
    "2003::1",
    "2606:4700:4700::1111",
    "2620:4f:7fff::1",
    "3ffe:ffff::1",
]


@pytest.mark.parametrize(("address", "what"), REFUSED.items())
def test_an_address_inside_is_refused_and_named(address: str, what: str) -> None:
    assert refusal(address) == what


@pytest.mark.parametrize("address", ALLOWED)
def test_a_public_address_is_let_through(address: str) -> None:
    assert refusal(address) is None


def test_an_allowed_network_is_let_through_and_its_neighbour_is_not() -> None:
    allowed = [ip_network("10.1.0.0/16"), ip_network("fd00:1::/32")]

    assert [refusal(each, allowed=allowed) for each in ("10.1.2.3", "::ffff:10.1.2.3", "fd00:1::9")] == [None] * 3
    assert refusal("10.2.0.1", allowed=allowed) == "a private network"
    assert refusal("fd00:2::1", allowed=allowed) == "a private network"


def test_a_scope_is_refused_even_in_an_allowed_network() -> None:
    assert refusal("fe80::1%eth0", allowed=[ip_network("::/0")]) == "bound to an interface of this machine"
