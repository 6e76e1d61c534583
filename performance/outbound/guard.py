"""The two guards of a connection: one looks at every address of a name, the other at the one that is connected.

Neither is enough. The resolver doesn't see addresses that stand in the URL itself; a look before the connection
doesn't see what the name leads to a moment later (DNS rebinding). The socket's maker sees the very address.
"""

import socket
from collections.abc import Iterable
from ipaddress import IPv4Address, IPv6Address
from typing import Any

from aiohttp.abc import AbstractResolver, ResolveResult
from django.conf import settings

from performance.outbound.addresses import Network, refusal
from performance.outbound.errors import AddressRefused, NameNotFound
from performance.outbound.lookup import Lookup

_FAMILIES = (socket.AF_INET, socket.AF_INET6)


class SocketRefused(OSError):
    """For the connector, which knows what to do with an OSError; `Outbound` finds the refusal in it."""

    def __init__(self, refused: AddressRefused) -> None:
        super().__init__(str(refused))
        self.refused = refused


class Guard:
    """What may be connected to. By default what the settings allow."""

    def __init__(self, *, networks: Iterable[Network] | None = None, ports: Iterable[int] | None = None) -> None:
        self.networks = tuple(settings.ALLOWED_PRIVATE_NETWORKS if networks is None else networks)
        self.ports = frozenset(settings.OUTBOUND_PORTS if ports is None else ports)

    def check(self, address: str | IPv4Address | IPv6Address, *, host: str) -> None:
        """Raises AddressRefused, with the host that led there."""
        what = refusal(address, allowed=self.networks)
        if what is None:
            return
        is_literal = host.strip("[]") == str(address)
        who = f"{host} is" if is_literal else f"{host} leads to {address}, which is"
        raise AddressRefused(f"{who} {what}; ALLOWED_PRIVATE_NETWORKS says which of these may be asked.")

    def socket(self, info: tuple[Any, ...]) -> socket.socket:
        """A socket for this address (as of getaddrinfo), for a connector's `socket_factory`. Raises SocketRefused."""
        family, kind, protocol, _, place = info
        try:
            self._check_place(family, place)
        except AddressRefused as refused:
            raise SocketRefused(refused) from refused
        return socket.socket(family, kind, protocol)

    def _check_place(self, family: int, place: tuple[Any, ...]) -> None:
        if family not in _FAMILIES:
            raise AddressRefused("Only IPv4 and IPv6 are connected to.")
        if place[1] not in self.ports:
            raise AddressRefused(f"Port {place[1]} isn't asked (OUTBOUND_PORTS).")
        if len(place) == 4 and place[3]:
            raise AddressRefused(f"{place[0]} is bound to an interface of this machine.")
        self.check(place[0], host=place[0])


class GuardedResolver(AbstractResolver):
    """Refuses a name if any of its addresses may not be connected to: who answers with both means no good."""

    def __init__(self, guard: Guard, *, lookup: Lookup) -> None:
        self._guard = guard
        self._lookup = lookup

    async def resolve(
        self, host: str, port: int = 0, family: socket.AddressFamily = socket.AF_INET
    ) -> list[ResolveResult]:
        """Raises AddressRefused, NameNotFound."""
        addresses = await self._lookup(host)
        if not addresses:
            raise NameNotFound(f"{host} has no address.")
        for address in addresses:
            self._guard.check(address, host=host)
        return [_result(host, address, port) for address in addresses]

    async def close(self) -> None:
        """Nothing is held."""


def _result(host: str, address: str, port: int) -> ResolveResult:
    family = socket.AF_INET6 if ":" in address else socket.AF_INET
    flags = socket.AI_NUMERICHOST | socket.AI_NUMERICSERV
    return ResolveResult(hostname=host, host=address, port=port, family=family, proto=0, flags=flags)
