"""Why a filter can't be saved."""

from performance.api.errors import Conflict, DomainError


class NothingNarrowed(DomainError):
    """A filter has to narrow the list by something: a search, a profile, a fit, a country, an industry, a source."""


class UnknownImport(DomainError):
    """A filter can't be of an import that doesn't exist."""


class FilterNameTaken(Conflict):
    """There is a filter of that name already."""

    def __init__(self, name: str) -> None:
        super().__init__(f"There is a filter “{name}” already: choose another name, or delete that one first.")
