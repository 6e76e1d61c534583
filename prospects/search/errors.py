"""Why an engine gave no answer, and why a search can't be asked for."""

from performance.api.errors import Conflict, DomainError


class EngineRefused(Exception):
    """The engine takes neither this question nor another one: its key or its address is wrong."""


class EngineDown(Exception):
    """The engine can't be reached, or what it answers can't be read. `may_have_charged` says itself."""

    def __init__(self, says: str, *, may_have_charged: bool = False) -> None:
        super().__init__(says)
        self.may_have_charged = may_have_charged


class EngineBusy(Exception):
    """The engine takes no more questions for `after_s` seconds."""

    def __init__(self, says: str, *, after_s: float) -> None:
        super().__init__(says)
        self.after_s = after_s


class SearchError(DomainError):
    """This can't be searched for."""


class NoEngine(Conflict):
    """No search engine is set up: give SEARXNG_URL, SERPER_API_KEY, GOOGLE_SEARCH_KEY with its CX, or SEARCH_FILE."""


class NoQueries(SearchError):
    """There is nothing to search for."""


class TooManyQueries(SearchError):
    """There are more queries than one session takes."""


class BadDomains(SearchError):
    """A list of domains holds what is none."""


class StillAtWork(Conflict):
    """The session is still being searched; cancel its batch, or wait for its end, before you delete it."""


class StillSearching(Conflict):
    """The session is still being searched: research its sites when it has ended, or cancel its batch."""


class NoSites(SearchError):
    """The session found no company's own site that its lists want: search for other words, or name the companies."""
