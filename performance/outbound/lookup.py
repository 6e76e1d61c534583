"""From a name to its addresses."""

import asyncio
import socket
from collections.abc import Awaitable, Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from types import TracebackType
from typing import Self, TypeAlias

from performance.outbound.errors import NameNotFound

# All addresses of a name, as texts. Raises NameNotFound.
Lookup: TypeAlias = Callable[[str], Awaitable[Sequence[str]]]
# The system's resolver blocks a thread for as long as a name server is silent, which may be half a minute: as many such
# names are waited for before another name is. Threads are made when they are needed.
THREADS = 128


class SystemLookup:
    """As the system looks names up (/etc/hosts, then its name servers), in threads of its own.

    The loop's own threads would be taken by a few names whose servers are silent, and its end would wait for them.
    """

    def __init__(self, addresses: Callable[[str], Sequence[str]] | None = None) -> None:
        """`addresses` blocks; it is the system's, unless given."""
        self._addresses = addresses or system_addresses
        self._threads = ThreadPoolExecutor(THREADS, thread_name_prefix="lookup")

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Waits for no name server."""
        self._threads.shutdown(wait=False, cancel_futures=True)

    async def __call__(self, host: str) -> Sequence[str]:
        loop = asyncio.get_running_loop()
        try:
            return await loop.run_in_executor(self._threads, self._addresses, host)
        except (OSError, UnicodeError) as error:
            raise NameNotFound(f"{host} can't be found: {_reason(error)}.") from error


def system_addresses(host: str) -> Sequence[str]:
    infos = socket.getaddrinfo(host, None, type=socket.SOCK_STREAM, flags=socket.AI_ADDRCONFIG)
    places = (place for _, _, _, _, place in infos)
    # With the scope id, which the resolver appends to an address or gives beside it, an address is refused.
    texts = (f"{place[0]}%{place[3]}" if len(place) == 4 and place[3] else str(place[0]) for place in places)
    return list(dict.fromkeys(texts))


def _reason(error: Exception) -> str:
    return str(error.strerror or error) if isinstance(error, OSError) else "it is no name"
