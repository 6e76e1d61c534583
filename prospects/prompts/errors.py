"""What a person is told about a prompt that can't be saved, found or filled in."""

from performance.api.errors import DomainError, NotFound


class PromptError(DomainError):
    """The prompt can't be used as it is."""


class UnknownPrompt(NotFound):
    """There is no prompt of that name with an active version."""


class InvalidPrompt(PromptError):
    """The prompt can't be saved as it is written."""


class WrongValues(PromptError):
    """The values don't fit the prompt's placeholders."""
