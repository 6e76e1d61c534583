"""A name whose answer changes between the look and the connection, asked of a real name server.

Nothing leaves this machine: the address that may be connected to is 127.0.0.2, where nobody listens, and the one that
may not is 127.0.0.1, where the site does.
"""

import asyncio
import itertools
import socket
from collections.abc import Callable, Sequence
from ipaddress import ip_network

import aiohttp
import dns.asyncresolver
import pytest

from performance.outbound.client import Limits, Outbound, Request
from performance.outbound.errors import AddressRefused, NameNotFound, NotConnected, NotTrusted, OutboundError
from performance.outbound.guard import Guard, GuardedResolver
from performance.outbound.lookup import Lookup
from tests.performance.outbound.conftest import TlsOf
from tests.servers.local_site import Site, local_site
from tests.servers.name_server import NameServer, name_server

NAME = "rebinding.test"
OUTSIDE, INSIDE = "127.0.0.2", "127.0.0.1"
OUTSIDE_ONLY = [ip_network(f"{OUTSIDE}/32")]
TRIES = 100


def asking(server: NameServer) -> Lookup:
    """A resolver that asks this name server alone, without a cache."""
    resolver = dns.asyncresolver.Resolver(configure=False)
    resolver.nameservers, resolver.port = ["127.0.0.1"], server.port

    async def lookup(host: str) -> Sequence[str]:
        answers = await resolver.resolve_name(host)
        return list(answers.addresses())

    return lookup


def refusals(url: str, *, guard: Guard, lookup: Lookup | None = None, times: int = 1) -> list[type[Exception]]:
    """What becomes of so many requests, each through a pool of its own: a kept answer would hide the next."""

    async def once() -> None:
        async with Outbound(Limits(total_s=2), guard=guard, lookup=lookup) as outbound:
            await outbound.send(Request("GET", url))

    kinds = []
    for _ in range(times):
        with pytest.raises(OutboundError) as refused:
            asyncio.run(once())
        kinds.append(type(refused.value))
    return kinds


def alternating(answers: Sequence[Sequence[str]]) -> Callable[[str], Sequence[str]]:
    """Another answer for each look-up, which is two questions."""
    questions = itertools.count()
    return lambda name: answers[next(questions) // 2 % len(answers)]


def test_a_name_that_alternates_never_leads_inside(site: Site) -> None:
    guard = Guard(networks=OUTSIDE_ONLY, ports=[site.port])

    with name_server(alternating([[OUTSIDE], [INSIDE]])) as server:
        kinds = refusals(site.url(host=NAME), guard=guard, lookup=asking(server), times=TRIES)

    assert kinds == [NotConnected, AddressRefused] * (TRIES // 2)
    assert site.asked == []


@pytest.mark.parametrize("answer", [[INSIDE], [OUTSIDE, INSIDE], ["::1"], ["::ffff:127.0.0.1"], ["0.0.0.0"]])
def test_one_bad_address_among_good_ones_is_enough(site: Site, answer: list[str]) -> None:
    guard = Guard(networks=OUTSIDE_ONLY, ports=[site.port])

    with name_server(lambda name: answer) as server:
        kinds = refusals(site.url(host=NAME), guard=guard, lookup=asking(server), times=20)

    assert kinds == [AddressRefused] * 20
    assert site.asked == []


def test_the_socket_is_refused_where_the_look_before_was_deceived(site: Site) -> None:
    """The name server says a public address to the resolver; what is connected is another, as a cache or a second
    look-up in between would have it.
    """
    guard = Guard(networks=OUTSIDE_ONLY, ports=[site.port])

    async def connect() -> list[type[Exception]]:
        kinds: list[type[Exception]] = []
        connector = aiohttp.TCPConnector(resolver=_Deceived(guard), socket_factory=guard.socket, use_dns_cache=False)
        async with aiohttp.ClientSession(connector=connector) as session:
            for _ in range(TRIES):
                try:
                    await session.get(site.url(host=NAME))
                except aiohttp.ClientConnectorError as error:
                    kinds.append(type(error.os_error))
        return kinds

    kinds = asyncio.run(connect())

    assert [kind.__name__ for kind in kinds] == ["SocketRefused"] * TRIES
    assert site.asked == []


def test_a_look_before_the_connection_alone_is_deceived(site: Site) -> None:
    """The negative control: the same attack on the check that everybody writes first."""
    guard = Guard(networks=OUTSIDE_ONLY, ports=[site.port])

    async def check_then_connect() -> int:
        with name_server(alternating([[OUTSIDE], [INSIDE]])) as server:
            lookup = asking(server)
            for address in await lookup(NAME):
                guard.check(address, host=NAME)
            (address,) = await lookup(NAME)
            async with aiohttp.ClientSession() as session, session.get(site.url(host=address)) as response:
                return response.status

    assert asyncio.run(check_then_connect()) == 404
    assert len(site.asked) == 1


class _Deceived(GuardedResolver):
    """Looks at an address outside, and hands the connector the other one."""

    def __init__(self, guard: Guard) -> None:
        async def outside(host: str) -> Sequence[str]:
            return [OUTSIDE]

        super().__init__(guard, lookup=outside)

    async def resolve(
        self, host: str, port: int = 0, family: socket.AddressFamily = socket.AF_INET
    ) -> list[aiohttp.abc.ResolveResult]:
        (result,) = await super().resolve(host, port, family)
        return [{**result, "host": INSIDE}]


def test_a_name_in_an_allowed_network_is_asked_by_that_name(site: Site) -> None:
    guard = Guard(networks=[ip_network(f"{INSIDE}/32")], ports=[site.port])

    async def once() -> int:
        async with Outbound(guard=guard, lookup=asking(server)) as outbound:
            return (await outbound.send(Request("GET", site.url(host=NAME)))).status

    with name_server(lambda name: [INSIDE]) as server:
        assert asyncio.run(once()) == 404

    assert site.asked[0].headers["host"] == f"{NAME}:{site.port}"


def test_the_refusal_says_where_the_name_leads(site: Site) -> None:
    guard = Guard(networks=[], ports=[site.port])

    async def once() -> None:
        async with Outbound(guard=guard, lookup=asking(server)) as outbound:
            await outbound.send(Request("GET", site.url(host=NAME)))

    with name_server(lambda name: ["169.254.169.254"]) as server, pytest.raises(AddressRefused) as refused:
        asyncio.run(once())

    assert str(refused.value) == (
        f"{NAME} leads to 169.254.169.254, which is this link, where clouds keep their metadata; "
        "ALLOWED_PRIVATE_NETWORKS says which of these may be asked."
    )


@pytest.mark.parametrize("host", ["localhost", "LOCALHOST"])
def test_the_systems_own_names_for_this_machine_are_refused(site: Site, host: str) -> None:
    kinds = refusals(site.url(host=host), guard=Guard(networks=[], ports=[site.port]), times=3)

    assert kinds == [AddressRefused] * 3
    assert site.asked == []


def test_a_name_that_is_not_there_is_told(site: Site) -> None:
    kinds = refusals(site.url(host="nowhere.invalid"), guard=Guard(networks=[], ports=[site.port]))

    assert kinds == [NameNotFound]


def test_the_certificate_is_that_of_the_name_and_not_of_the_address(tls_of: TlsOf) -> None:
    server_tls, client_tls = tls_of(NAME)
    with local_site(tls=server_tls) as site, name_server(lambda name: [INSIDE]) as server:
        guard = Guard(networks=[ip_network(f"{INSIDE}/32")], ports=[site.port])

        async def ask(host: str) -> int:
            async with Outbound(guard=guard, lookup=asking(server), tls=client_tls) as outbound:
                return (await outbound.send(Request("GET", site.url(host=host, scheme="https")))).status

        assert asyncio.run(ask(NAME)) == 404
        with pytest.raises(NotTrusted, match=r"^other\.test:\d+ can't be trusted: Hostname mismatch"):
            asyncio.run(ask("other.test"))
