"""Why nothing, or not all, came back from an address that a user named. Each says so in a sentence for that user.

What names an address names its host and port alone: the rest of a URL may hold a secret.
"""

from performance.api.errors import DomainError


class OutboundError(DomainError):
    """The address gave no answer that can be used."""

    status = 422


class BadUrl(OutboundError):
    """It isn't an address that can be asked."""


class AddressRefused(BadUrl):
    """The address is one of a network that isn't asked on a user's behalf."""


class NotConnected(OutboundError):
    """There was no connection, so nothing was sent."""


class NameNotFound(NotConnected):
    """The name has no address."""


class NotTrusted(NotConnected):
    """The certificate isn't the one of this host, has expired, or nobody known vouches for it."""


class BrokenOff(OutboundError):
    """The connection ended after something was sent: whether it was heard is unknown."""


class TimedOut(OutboundError):
    """It took too long; whether the request was heard is unknown."""


class BadReply(OutboundError):
    """What came back isn't HTTP, or is encoded in a way that isn't read."""


class TooManyRedirects(OutboundError):
    """It leads from one address to the next, again and again."""
