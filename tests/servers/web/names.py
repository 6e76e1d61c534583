"""The names of our web, in this process: every name leads to 127.0.0.1, and ports 80 and 443 to the server's.

Beneath the code that is tested, where a resolver and a firewall's REDIRECT would stand: `socket.getaddrinfo` and the
loop's connect. Guards see 127.0.0.1 and ports 80 and 443, so ALLOWED_PRIVATE_NETWORKS must have 127.0.0.0/8.
"""

import asyncio
import socket
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

HERE = "127.0.0.1"
# Asked by the tests' other servers and by the databases: they are not of our web.
_SYSTEM = ("localhost", "", HERE, "::1")


@contextmanager
def names(port: int, *, tls_port: int = 1) -> Iterator[None]:
    """While it lasts nothing in this process can reach the true web by a name. Nobody listens on port 1."""
    undo = redirect(port, tls_port=tls_port)
    try:
        yield
    finally:
        undo()


def redirect(port: int, *, tls_port: int = 1) -> Callable[[], None]:
    """What `names` does, for good; returns what undoes it."""
    look_up, connect = socket.getaddrinfo, asyncio.SelectorEventLoop.sock_connect
    there = {80: port, 443: tls_port}

    def find(host: Any, *asked: Any, **more: Any) -> Any:
        name = host.decode() if isinstance(host, bytes) else host
        return look_up(host if not name or _is_ours(name) else HERE, *asked, **more)

    async def led(loop: Any, sock: socket.socket, address: Any) -> None:
        if address[0] == HERE:
            address = (HERE, there.get(address[1], address[1]))
        await connect(loop, sock, address)

    def undo() -> None:
        socket.getaddrinfo = look_up
        asyncio.SelectorEventLoop.sock_connect = connect  # type: ignore[method-assign]

    socket.getaddrinfo = find
    asyncio.SelectorEventLoop.sock_connect = led  # type: ignore[method-assign, assignment]
    return undo


def _is_ours(name: str) -> bool:
    return name in _SYSTEM or name.replace(".", "").isdecimal() or ":" in name or name.startswith("/")
