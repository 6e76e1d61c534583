"""What can be wrong with research as asked for. Each is one sentence that says what to do; nothing has been changed."""

from collections.abc import Sequence

from performance.api.errors import DomainError


class ResearchError(DomainError):
    """The research can't be started as asked."""


class NoCompanies(ResearchError):
    """There is nobody to research: name at least one company by its name, its domain or its number."""


class TooManyCompanies(ResearchError):
    """More companies than one batch takes."""

    def __init__(self, number: int, *, most: int) -> None:
        super().__init__(f"{number:,} companies are named, but a batch takes {most:,}: send the rest as another one.")


class MixedCompanies(ResearchError):
    """Name companies by their numbers, or by names and domains; not by both in one batch."""


class UnmatchedHints(ResearchError):
    """There aren't as many hints as names."""

    def __init__(self, *, names: int, hints: int) -> None:
        super().__init__(f"There are {names:,} names and {hints:,} domain hints: give one for each, or “”.")


class NotDomains(ResearchError):
    """Some of the domains are none, or belong to many companies."""

    status = 422

    def __init__(self, wrong: Sequence[str]) -> None:
        shown = ", ".join(f"“{text[:60]}”" for text in wrong[:5])
        more = f" and {len(wrong) - 5:,} more" if len(wrong) > 5 else ""
        super().__init__(f"These are no companies' own domains: {shown}{more}. Give ones like “acme.com”.")


class NoCompanyColumn(ResearchError):
    """No column of a file holds companies' names or domains."""

    status = 422

    def __init__(self, name: str, *, headers: Sequence[str]) -> None:
        super().__init__(
            f"No column of {name or 'the file'} holds companies' names or domains; it has {', '.join(headers[:10])}. "
            "Call one “name” or “domain”."
        )


class UnknownCompanies(ResearchError):
    """Some of the companies named do not exist."""

    def __init__(self, ids: Sequence[int]) -> None:
        shown = ", ".join(map(str, ids[:5])) + (f" and {len(ids) - 5} more" if len(ids) > 5 else "")
        super().__init__(f"These companies don't exist: {shown}.")


class UnknownProspects(ResearchError):
    """Some of the prospects named do not exist, or are archived."""

    def __init__(self, ids: Sequence[int]) -> None:
        shown = ", ".join(map(str, ids[:5])) + (f" and {len(ids) - 5:,} more" if len(ids) > 5 else "")
        super().__init__(f"These prospects don't exist or are archived: {shown}.")


class NotWithin(ResearchError):
    """A figure is beyond its range."""

    def __init__(self, *, name: str, value: float, minimum: int, maximum: int) -> None:
        super().__init__(f"{name} is {value}, but it must be from {minimum:,} to {maximum:,}.")


class NotAChoice(ResearchError):
    """A word is not one of those allowed."""

    def __init__(self, *, name: str, value: object, choices: Sequence[str]) -> None:
        super().__init__(f"{name} is {value!r}, but it must be one of {', '.join(choices)}.")


class HostBusy(ResearchError):
    """Another crawl is at this site now: ask again in some seconds, or have it done as a batch."""

    status = 503
