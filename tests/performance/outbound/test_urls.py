"""What a user may type, and the sentence that says what is wrong with the rest."""

from ipaddress import ip_network

import pytest

from performance.outbound.errors import AddressRefused, BadUrl
from performance.outbound.guard import Guard
from performance.outbound.urls import checked_url

GUARD = Guard(networks=[], ports=[80, 443])
SPELT = "spelt in another way; an address is written as four decimal numbers."


@pytest.mark.parametrize(
    ("text", "read"),
    [
        ("https://example.com", "https://example.com/"),
        ("http://example.com:80/a?b=c#d", "http://example.com:80/a?b=c"),
        ("HTTPS://EXAMPLE.com:443/", "https://example.com:443/"),
        ("https://bücher.example/", "https://bücher.example/"),
        ("https://8.8.8.8/hook", "https://8.8.8.8/hook"),
        ("https://[2606:4700:4700::1111]/", "https://[2606:4700:4700::1111]/"),
        ("https://example.com./", "https://example.com./"),
    ],
)
def test_a_good_url_is_read(text: str, read: str) -> None:
    assert checked_url(text, guard=GUARD).human_repr() == read


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        ("ftp://example.com/", "It begins with ftp, but only https:// and http:// are asked."),
        ("file:///etc/passwd", "It begins with file, but only https:// and http:// are asked."),
        ("gopher://example.com:70/", "It begins with gopher, but only https:// and http:// are asked."),
        ("example.com/hook", "It begins with no scheme, but only https:// and http:// are asked."),
        ("//example.com/", "It begins with no scheme, but only https:// and http:// are asked."),
        ("", "It begins with no scheme, but only https:// and http:// are asked."),
        ("https://", "It names no host."),
        ("https://user:secret@example.com/", "It holds a user name or password; leave what stands before the @ out."),
        ("https://user@example.com/", "It holds a user name or password; leave what stands before the @ out."),
        ("https://:@example.com/", "It holds a user name or password; leave what stands before the @ out."),
        ("https://example.com:99999/", "It can't be read as a URL; one looks like https://example.com/path."),
        ("https://example.com:x/", "It can't be read as a URL; one looks like https://example.com/path."),
        ("https://[::1/", "It can't be read as a URL; one looks like https://example.com/path."),
        ("https://exa mple.com/", "It holds a space, a control character or a backslash."),
        ("https://example.com\\@127.0.0.1/", "It holds a space, a control character or a backslash."),
        ("https://example.com/\r\nX: y", "It holds a space, a control character or a backslash."),
        ("https://example.com/\x00", "It holds a space, a control character or a backslash."),
        ("https://example.com/" + "a" * 1981, "It has 2001 characters, at most 2000 are read."),
        ("https://" + "a" * 64 + ".com/", "The host's name is longer than a name may be, or has an empty part."),
        ("https://a..b.com/", "The host's name is longer than a name may be, or has an empty part."),
    ],
)
def test_what_can_not_be_asked_is_named(text: str, sentence: str) -> None:
    with pytest.raises(BadUrl) as refused:
        checked_url(text, guard=GUARD)

    assert str(refused.value) == sentence
    assert "secret" not in str(refused.value)


@pytest.mark.parametrize(
    ("host", "sentence"),
    [
        ("127.0.0.1", "127.0.0.1 is this host (loopback); "),
        ("127.0.0.1.", "127.0.0.1 is this host (loopback); "),
        ("169.254.169.254", "169.254.169.254 is this link, where clouds keep their metadata; "),
        ("10.0.0.1", "10.0.0.1 is a private network; "),
        ("[::1]", "::1 is this host (loopback); "),
        ("[::ffff:127.0.0.1]", "this host (loopback); "),
        ("[::ffff:7f00:1]", "this host (loopback); "),
        ("[64:ff9b::7f00:1]", "an IPv4 address behind NAT64; "),
        ("[2002:7f00:1::]", "an IPv4 address inside 6to4; "),
        ("[fe80::1%25eth0]", "names an interface of this machine."),
        ("0x7f.1", f"0x7f.1 is 127.0.0.1 {SPELT}"),
        ("0x7f000001", f"0x7f000001 is 127.0.0.1 {SPELT}"),
        ("2130706433", f"2130706433 is 127.0.0.1 {SPELT}"),
        ("017700000001", f"017700000001 is 127.0.0.1 {SPELT}"),
        ("0177.0.0.1", f"0177.0.0.1 is 127.0.0.1 {SPELT}"),
        ("127.1", f"127.1 is 127.0.0.1 {SPELT}"),
        ("127.0.1", f"127.0.1 is 127.0.0.1 {SPELT}"),
        ("0", f"0 is 0.0.0.0 {SPELT}"),
        ("008.8.8.8", "008.8.8.8 ends in a number, but is no IPv4 address."),
        ("0x8.8.8.8", f"0x8.8.8.8 is 8.8.8.8 {SPELT}"),
        ("1.2.3.4.5", "1.2.3.4.5 ends in a number, but is no IPv4 address."),
        ("example.0x1", "example.0x1 ends in a number, but is no IPv4 address."),
        ("256.256.256.256", "256.256.256.256 ends in a number, but is no IPv4 address."),
        ("\uff11\uff12\uff17.0.0.1", "127.0.0.1 is this host (loopback); "),
        ("①②⑦.0.0.1", "127.0.0.1 is this host (loopback); "),
        ("127。0。0。1", "127.0.0.1 is this host (loopback); "),
    ],
)
def test_an_address_inside_is_refused_in_every_spelling(host: str, sentence: str) -> None:
    with pytest.raises(AddressRefused) as refused:
        checked_url(f"http://{host}/", guard=GUARD)

    assert sentence in str(refused.value)


@pytest.mark.parametrize("port", [0, 22, 25, 5432, 6379, 8000, 8443])
def test_other_ports_are_refused(port: int) -> None:
    with pytest.raises(AddressRefused, match=f"^Port {port} isn't asked; 80, 443 are"):
        checked_url(f"https://example.com:{port}/", guard=GUARD)


def test_settings_open_networks_and_ports() -> None:
    guard = Guard(networks=[ip_network("10.0.0.0/8")], ports=[8443])

    assert str(checked_url("https://10.1.2.3:8443/", guard=guard)) == "https://10.1.2.3:8443/"
    with pytest.raises(AddressRefused, match=r"^192\.168\.0\.1 is a private network"):
        checked_url("https://192.168.0.1:8443/", guard=guard)
