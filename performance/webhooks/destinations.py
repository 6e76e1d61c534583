"""Whether an address can be an endpoint's, as far as that can be told before anything is sent there."""

import asyncio

from performance.outbound.client import Outbound
from performance.outbound.errors import NameNotFound, TimedOut
from performance.outbound.limits import Limits

# Somebody waits for it.
_LIMITS = Limits(connect_s=2.0)


def check_destination(url: str) -> None:
    """Raises an OutboundError that names what is wrong: the URL, or the network that its name leads into now.

    A name that can't be found (yet) passes: a test of the endpoint will tell. What is asked later is checked again,
    when it is connected to.
    """
    try:
        asyncio.run(_look(url))
    except (NameNotFound, TimedOut):
        return


async def _look(url: str) -> None:
    async with Outbound(_LIMITS) as outbound:
        await outbound.check(url)
