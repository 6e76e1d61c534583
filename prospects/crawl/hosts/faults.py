"""What the transport stumbled over, in the words of a crawl."""

import socket

from performance.outbound.errors import (
    AddressRefused,
    BadReply,
    BadUrl,
    BrokenOff,
    NameNotFound,
    NotConnected,
    NotTrusted,
    OutboundError,
    TimedOut,
    TooManyRedirects,
)
from prospects.crawl.hosts.fetched import Code, NotFetched

# The first that fits: the particular before the general.
_CODES: dict[type[OutboundError], tuple[Code, bool]] = {
    AddressRefused: ("address_refused", True),
    BadUrl: ("bad_url", True),
    NameNotFound: ("not_found_name", True),
    NotTrusted: ("not_trusted", True),
    NotConnected: ("not_connected", False),
    TimedOut: ("timed_out", False),
    BrokenOff: ("broken_off", False),
    BadReply: ("bad_reply", True),
    TooManyRedirects: ("redirects", True),
}


def told(error: OutboundError) -> NotFetched:
    """The same, as a crawl has it."""
    for kind, (code, is_final) in _CODES.items():
        if isinstance(error, kind):
            return NotFetched(code, str(error), is_final=is_final and not _is_passing(error))
    return NotFetched("broken_off", str(error), is_final=False)


def _is_passing(error: OutboundError) -> bool:
    """Name servers that can't be asked now know the name tomorrow."""
    cause = error.__cause__
    return isinstance(cause, socket.gaierror) and cause.errno == socket.EAI_AGAIN
