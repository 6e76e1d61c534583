"""What a person is told when an LLM endpoint can't be used."""

from performance.api.errors import DomainError


class EndpointError(DomainError):
    """The LLM endpoint can't be used as it is set up."""

    status = 503
    exit_status = 75


class RefusedKey(EndpointError):
    """The LLM endpoint refused the key."""


class UnknownModel(EndpointError):
    """The LLM endpoint doesn't know the model."""


class Unreachable(EndpointError):
    """The LLM endpoint can't be reached."""
